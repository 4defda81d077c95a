import { describe, expect, test } from 'vitest';
import { parseConfig } from '#lib/config/config.ts';
import type { Suppression } from '#lib/config/suppressions.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import { suppress } from '#lib/evaluate/suppressions.ts';
import { assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { clusterArn } from '#lib/model/target.ts';
import { aCheck } from '#test/scenarios/checks.ts';
import { aCluster, aSnapshot } from '#test/scenarios/slices.ts';

const ACCOUNT = '111122223333';
const target = { account: ACCOUNT, region: 'eu-west-1', name: 'shop-prod', arn: clusterArn(ACCOUNT, 'eu-west-1', 'shop-prod') };
const NOW = new Date('2026-11-24T12:00:00Z');
const aFinding = (over: Partial<Finding> = {}): Finding => ({
  check: 'leaked-enis',
  verdict: 'warning',
  resource: { kind: 'subnet', id: 'subnet-0a', name: 'private-a' },
  summary: '3 interfaces are left over.',
  evidence: {},
  fingerprint: 'f',
  ...over,
});
const aSuppression = (over: Partial<Suppression> = {}): Suppression => ({
  check: 'leaked-enis',
  reason: 'removed with the old VPC',
  until: '2026-12-31',
  ...over,
});
const marks = (suppressions: readonly Suppression[], finding = aFinding(), now = NOW) => {
  const [judged] = suppress([finding], { suppressions, target, now });
  return judged?.suppressed ? 'suppressed' : judged?.suppressionExpired ? 'expired' : 'counts';
};

describe('a finding', () => {
  test.each<[string, Partial<Suppression>, Partial<Finding>, string]>([
    ['of the check', {}, {}, 'suppressed'],
    ['of any check', { check: '*' }, {}, 'suppressed'],
    ['of another check', { check: 'eni-quota' }, {}, 'counts'],
    ['of the resource, by its id', { resource: 'subnet-0a' }, {}, 'suppressed'],
    ['of the resource, by its name', { resource: 'private-*' }, {}, 'suppressed'],
    ['of another resource', { resource: 'subnet-0b' }, {}, 'counts'],
    ['of a resource without a name', { resource: 'private-*' }, { resource: { kind: 'subnet', id: 'subnet-0a' } }, 'counts'],
    ['of the cluster', { cluster: 'shop-*' }, {}, 'suppressed'],
    ['of another cluster', { cluster: 'pay-*' }, {}, 'counts'],
    ['of the account and Region', { account: ACCOUNT, region: 'eu-west-1' }, {}, 'suppressed'],
    ['of another account', { account: '444455556666' }, {}, 'counts'],
    ['of another Region', { region: 'us-east-1' }, {}, 'counts'],
    ['that is unknown', {}, { verdict: 'unknown' }, 'suppressed'],
    ['that is ok needs none', {}, { verdict: 'ok' }, 'counts'],
    ['that does not apply needs none', {}, { verdict: 'not-applicable' }, 'counts'],
    ['whose suppression is over', { until: '2026-11-23' }, {}, 'expired'],
  ])('%s', (_, suppression, finding, expected) => {
    expect(marks([aSuppression(suppression)], aFinding(finding))).toBe(expected);
  });
});

test.each([
  ['2026-11-24', '2026-11-24T23:59:59Z', 'suppressed'],
  ['2026-11-24', '2026-11-25T00:00:00Z', 'expired'],
  ['2026-11-24T08:00:00Z', '2026-11-24T07:59:59Z', 'suppressed'],
  ['2026-11-24T08:00:00Z', '2026-11-24T08:00:00Z', 'expired'],
  ['2026-11-24T08:00:00+02:00', '2026-11-24T06:00:00Z', 'expired'],
])('until %s, at %s: %s', (until, now, expected) => {
  expect(marks([aSuppression({ until })], aFinding(), new Date(now))).toBe(expected);
});

test('of several suppressions the one that lasts longest is named, and none that is over', () => {
  const suppressions = [
    aSuppression({ reason: 'over', until: '2026-01-01' }),
    aSuppression({ reason: 'longest', until: '2027-06-30' }),
    aSuppression({ reason: 'shorter', until: '2026-12-01' }),
  ];
  const [finding] = suppress([aFinding()], { suppressions, target, now: NOW });
  expect(finding).toMatchObject({ suppressed: { reason: 'longest', until: '2027-06-30' } });
  expect(finding).not.toHaveProperty('suppressionExpired');
});

describe('a cluster', () => {
  const root = {
    verdict: 'critical',
    resource: { kind: 'daemonset', id: 'kube-system/aws-node' },
    summary: 's',
    evidence: {},
  } as const;
  const symptom = { verdict: 'warning', resource: { kind: 'cluster', id: 'arn' }, summary: 's', evidence: {} } as const;
  const checks = [
    aCheck({ id: 'cni-agents', inputs: [], evaluate: () => ({ findings: [root], metrics: [] }) }),
    aCheck({ id: 'pods-awaiting-network', inputs: [], evaluate: () => ({ findings: [symptom], metrics: [] }) }),
  ];
  const judge = (text: string) => evaluate(aSnapshot(), { config: parseConfig(text, 'cniwatch.yaml', checks), checks });
  const open = ({ metrics }: ReturnType<typeof judge>, severity: string) =>
    metrics.flatMap((metric) => (metric.dimensions['Severity'] === severity && 'value' in metric ? [metric.value] : []));

  test('is judged without what is suppressed, which stays in its findings', () => {
    const before = judge('');
    expect(before.verdict).toBe('critical');
    expect(open(before, 'critical')).toEqual([1]);

    const after = judge('suppressions: [{ check: cni-agents, reason: known, until: 2999-01-01 }]');
    expect(after.verdict).toBe('warning');
    expect(after.summary).toEqual({ ok: 0, warning: 1, critical: 0, unknown: 0, notApplicable: 0, suppressed: 1 });
    expect(open(after, 'critical')).toEqual([0]);
    expect(after.findings.map(({ check, verdict, suppressed }) => [check, verdict, suppressed?.reason])).toEqual([
      ['cni-agents', 'critical', 'known'],
      ['pods-awaiting-network', 'warning', undefined],
    ]);
    expect(assessment.parse(after)).toEqual(after);
  });

  test('tells a symptom of itself where the finding that explains it is suppressed', () => {
    const after = judge('suppressions: [{ check: cni-agents, reason: known, until: 2999-01-01 }]');
    expect(after.findings[1]).not.toHaveProperty('causes');
    expect(open(after, 'warning')).toEqual([1]);
  });

  test('counts a finding again once its suppression is over', () => {
    const after = judge('suppressions: [{ check: cni-agents, reason: known, until: 2020-01-01 }]');
    expect(after.verdict).toBe('critical');
    expect(after.summary).not.toHaveProperty('suppressed');
    expect(after.findings[0]?.suppressionExpired).toEqual({ reason: 'known', until: '2020-01-01' });
  });

  test('goes by its own settings: overrides by its name and by the tags that EKS told', () => {
    const text = `
overrides:
  - match: { clusters: [shop-*] }
    checks: { cni-agents: { enabled: false } }
  - match: { tags: { quiet: 'yes' } }
    checks: { pods-awaiting-network: { enabled: false } }
`;
    expect(judge(text).findings.map(({ check }) => check)).toEqual(['pods-awaiting-network']);
    const config = parseConfig(text, 'cniwatch.yaml', checks);
    const tagged = aSnapshot({ cluster: aCluster({ tags: { quiet: 'yes' } }) });
    expect(evaluate(tagged, { config, checks }).findings).toEqual([]);
  });
});
