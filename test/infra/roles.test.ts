import { expect, test } from 'vitest';
import { ACCOUNT_PERMISSIONS } from '#lib/collect/aws/assumed-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { DISCOVER_PERMISSIONS } from '#lib/discover/discover.ts';
import { ORGANIZATION_PERMISSIONS } from '#lib/discover/organization.ts';
import type { AwsPermission } from '#lib/model/permissions.ts';
import { HISTORY_PERMISSIONS } from '#lib/publish/history-store.ts';
import { METRIC_HISTORY_PERMISSIONS } from '#lib/publish/metric-history.ts';
import { PUBLISH_PERMISSIONS } from '#lib/publish/put-metrics.ts';
import { CONFIG_PERMISSIONS, RESULT_PERMISSIONS, SUMMARY_PERMISSIONS, TARGETS_PERMISSIONS } from '#lib/publish/run-store.ts';
import { FINDINGS_PERMISSIONS } from '#lib/publish/state/findings-hub.ts';
import { ENTRY_PERMISSIONS } from '#lib/publish/state/run-entry.ts';
import { LEASE_PERMISSIONS } from '#lib/publish/state/run-lease.ts';
import { resolved, resourcesOf, synthesisedHub } from '#test/infra/synthesised-hub.ts';

const hub = synthesisedHub();

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Every grant of the policies of one role, as `action on resource if condition`. */
function grants(role: RegExp, template = hub): string[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([id]) => role.test(id));
  return policies
    .flatMap(([, { Properties }]) => (resolved(Properties['PolicyDocument']) as { Statement: Statement[] }).Statement)
    .flatMap(({ Effect, Action, Resource, Condition }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => line(Effect, action, resource, Condition))),
    )
    .sort();
}
const line = (effect: string, action: string, resource: string, condition?: unknown) =>
  `${effect} ${action} on ${resource}${condition ? ` if ${JSON.stringify(condition)}` : ''}`;

/** Written by hand from the service authorization reference of EKS, and not from infra. */
const ARNS: Readonly<Record<string, string>> = {
  '*': '*',
  cluster: 'arn:aws:eks:*:111122223333:cluster/*',
  'member-role': 'arn:aws:iam::*:role/cniwatch-*',
  nodegroup: 'arn:aws:eks:*:111122223333:nodegroup/*/*/*',
  addon: 'arn:aws:eks:*:111122223333:addon/*/*/*',
  bucket: 'arn:aws:s3:::runs',
  table: 'arn:aws:dynamodb:eu-west-1:111122223333:table/State',
  execution: 'arn:aws:states:eu-west-1:111122223333:execution:Hub:*',
  'event-bus': 'arn:aws:events:eu-west-1:111122223333:event-bus/Hub',
};
const declared = ({ action, resource, conditions }: AwsPermission) =>
  line(
    'Allow',
    action,
    ARNS[resource] ?? `arn:aws:s3:::runs/${resource.slice('bucket/'.length)}`,
    conditions && { StringLike: conditions },
  );
const ownLog = (id: string) => ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => line('Allow', action, id));
const TRACES = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].map((action) => line('Allow', action, '*'));

test.each([
  [
    'Discover',
    [
      DISCOVER_PERMISSIONS,
      ORGANIZATION_PERMISSIONS,
      ACCOUNT_PERMISSIONS,
      CONFIG_PERMISSIONS,
      TARGETS_PERMISSIONS,
      LEASE_PERMISSIONS,
      ENTRY_PERMISSIONS,
      PUBLISH_PERMISSIONS,
    ],
  ],
  [
    'CheckCluster',
    [
      READ_PERMISSIONS,
      ACCOUNT_PERMISSIONS,
      RESULT_PERMISSIONS,
      HISTORY_PERMISSIONS,
      METRIC_HISTORY_PERMISSIONS,
      PUBLISH_PERMISSIONS,
      FINDINGS_PERMISSIONS,
    ],
  ],
  ['Summarise', [SUMMARY_PERMISSIONS, PUBLISH_PERMISSIONS, FINDINGS_PERMISSIONS, LEASE_PERMISSIONS]],
])('the role of %s holds what its code declares, its own log and its traces, and nothing else', (name, permissions) => {
  const [log] = resourcesOf(hub, 'AWS::Logs::LogGroup').filter(([id]) => id.startsWith(`${name}Log`));
  const expected = new Set([
    ...permissions.flatMap(({ aws }) => aws).map(declared),
    ...ownLog(`arn:aws:logs:eu-west-1:111122223333:log-group:${log?.[0]}:*`),
    ...TRACES,
  ]);
  expect(grants(new RegExp(`^${name}Role`))).toEqual([...expected].sort());
});

test('no function can write to a cluster or to its AWS networking', () => {
  const writes = grants(/^(Discover|CheckCluster|Summarise)Role/).filter(
    (grant) =>
      grant !== 'Allow sts:AssumeRole on arn:aws:iam::*:role/cniwatch-*' &&
      !/ (eks|ec2|autoscaling|servicequotas|organizations|states):(Describe|List|Get)\w+ | (s3|logs|xray|cloudwatch|dynamodb|events):/.test(
        grant,
      ),
  );
  expect(writes).toEqual([]);
});

test("metrics go to cniwatch's own namespace only", () => {
  const puts = grants(/Role/).filter((grant) => grant.includes('cloudwatch:PutMetricData'));
  expect(puts).toHaveLength(3);
  for (const put of puts) expect(put).toContain('"cloudwatch:namespace":"CNIWatch"');
});

test('the pipeline invokes its three functions and runners, reads targets, and starts its own children', () => {
  const services = grants(/^Pipeline/).filter((grant) => !/ (logs|xray):/.test(grant));
  const strip = (grant: string) => grant.replace(/(?<=[a-z])[0-9A-F]{8}/g, '').replace(/:\*$/, '');
  expect([...new Set(services.map(strip))]).toEqual([
    'Allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:CheckClusterFunction',
    'Allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:DiscoverFunction',
    'Allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:SummariseFunction',
    'Allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:cniwatch-runner-*',
    'Allow s3:GetObject on arn:aws:s3:::runs/runs/*/targets.json',
    'Allow states:DescribeExecution on arn:aws:states:eu-west-1:111122223333:execution:Pipeline',
    'Allow states:RedriveExecution on arn:aws:states:eu-west-1:111122223333:execution:Pipeline/check-cluster',
    'Allow states:StartExecution on arn:aws:states:eu-west-1:111122223333:stateMachine:Pipeline',
    'Allow states:StopExecution on arn:aws:states:eu-west-1:111122223333:execution:Pipeline',
    'Allow sts:AssumeRole on arn:aws:iam::*:role/cniwatch-runner-*',
  ]);
});

test('no role takes a managed policy', () => {
  for (const [, { Properties }] of resourcesOf(hub, 'AWS::IAM::Role')) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
});

test.each([
  ['none', {}, ['Allow sts:AssumeRole on arn:aws:iam::*:role/cniwatch-*']],
  [
    'two accounts',
    {
      accounts: [
        { id: '444455556666', role: 'reader', regions: ['eu-west-1'], clusters: ['*'] },
        { id: '777788889999', role: 'arn:aws:iam::777788889999:role/path/other', regions: ['eu-west-1'], clusters: ['*'] },
      ],
    },
    [
      'Allow sts:AssumeRole on arn:aws:iam::444455556666:role/reader',
      'Allow sts:AssumeRole on arn:aws:iam::777788889999:role/path/other',
    ],
  ],
  [
    'an organization',
    { organization: { role: 'reader', regions: ['eu-west-1'], exclude: [], clusters: ['*'] } },
    [`Allow sts:AssumeRole on arn:aws:iam::*:role/reader if {"StringLike":{"aws:ResourceOrgID":"$\{aws:PrincipalOrgID}"}}`],
  ],
])('with %s in the configuration, discover and check-cluster may assume its roles and no others', (_, named, expected) => {
  const template = synthesisedHub({ config: { ...defaultConfig(), ...named } });
  for (const role of [/^DiscoverRole/, /^CheckClusterRole/]) {
    expect(grants(role, template).filter((grant) => grant.includes('sts:'))).toEqual(expected);
  }
});
