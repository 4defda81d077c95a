import { describe, expect, test } from 'vitest';
import type { Finding } from '#lib/model/finding.ts';
import { remediation } from '#lib/remediate/allow-dns.ts';
import { rollbackSteps } from '#lib/remediate/rollback.ts';
import { aProblem, planned, thePlan, type World } from '#test/remediate/a-plan.ts';
import { ACCOUNT, aRule, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

const RULE = {
  groupId: 'sg-dns',
  direction: 'ingress',
  protocols: ['udp', 'tcp'],
  fromPort: 53,
  toPort: 53,
  referencedGroupId: 'sg-pods',
};
const finding = (evidence: Finding['evidence'] = { missingRule: RULE, furtherRules: [], podsBlocked: 7 }) =>
  aProblem({ check: 'dns-security-groups', verdict: 'critical', evidence });
const group = { groupId: 'sg-dns', groupName: 'dns', ownerId: ACCOUNT, tags: {} };
const world = (over: World = {}) => aSnapshot({ securityGroups: [group], ...over });
const plan = (over: World = {}, ...findings: Finding[]) =>
  thePlan(remediation, world(over), { findings: findings.length > 0 ? findings : [finding()] });
const udp = aRule({
  groupId: 'sg-dns',
  isEgress: false,
  ipProtocol: 'udp',
  fromPort: 53,
  toPort: 53,
  referencedGroup: { groupId: 'sg-pods' },
});

describe('the plan', () => {
  test('adds exactly the missing rule, each protocol once, tagged as ours', () => {
    const pair = { UserIdGroupPairs: [{ GroupId: 'sg-pods', Description: 'DNS of pods, added by cniwatch (allow-dns)' }] };
    const call = (IpProtocol: string) => ({
      operation: 'AuthorizeSecurityGroupIngress',
      parameters: {
        GroupId: 'sg-dns',
        IpPermissions: [{ IpProtocol, FromPort: 53, ToPort: 53, ...pair }],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'cniwatch:remediation', Value: 'allow-dns' }] }],
      },
    });
    expect(plan({}, finding(), finding())).toMatchObject({
      steps: [call('tcp'), call('udp')],
      gain: { before: 14, after: 0 },
      auto: { allowed: true },
    });
  });

  test.each([
    ['10.0.0.0/24', { IpRanges: [{ CidrIp: '10.0.0.0/24' }] }],
    ['fd00::/64', { Ipv6Ranges: [{ CidrIpv6: 'fd00::/64' }] }],
  ])('names the CIDR %s where no group can be', (cidr, peer) => {
    const { referencedGroupId: _none, ...rule } = { ...RULE, direction: 'egress', protocols: ['udp'], cidrs: [cidr] };
    expect(plan({}, finding({ missingRule: rule, furtherRules: [] })).steps).toMatchObject([
      { operation: 'AuthorizeSecurityGroupEgress', parameters: { IpPermissions: [peer] } },
    ]);
  });

  test('leaves out what is there', () =>
    expect(plan({ securityGroupRules: [udp] }).steps).toMatchObject([{ title: 'allow TCP 53 into sg-dns from sg-pods' }]));

  test('takes away what it made, and by its id', () => {
    const ids = (id: string) => ({ SecurityGroupRules: [{ SecurityGroupRuleId: id }] });
    expect(rollbackSteps(plan(), { 'allow-1': ids('sgr-1'), 'allow-2': ids('sgr-2') })).toMatchObject([
      { operation: 'RevokeSecurityGroupIngress', parameters: { GroupId: 'sg-dns', SecurityGroupRuleIds: ['sgr-2'] } },
      { operation: 'RevokeSecurityGroupIngress', parameters: { GroupId: 'sg-dns', SecurityGroupRuleIds: ['sgr-1'] } },
    ]);
  });

  test('of a group that a tool owns is for its source, and never runs by itself', () =>
    expect(plan({ securityGroups: [{ ...group, tags: { Terraform: 'true' } }] })).toMatchObject({
      owner: { kind: 'owned', tool: 'terraform' },
      auto: { allowed: false },
      sourcePatch: { text: expect.stringContaining('referenced_security_group_id = "sg-pods"') },
    }));
});

test.each<[string, World, Finding, string]>([
  ['no rule would help', {}, finding({ missingRule: null, furtherRules: [] }), 'No security group rule would close the gap'],
  ['evidence of another shape', {}, finding({ missingRule: { groupId: 'x; rm' } }), 'names no rule as this version does'],
  ['groups that were not read', { securityGroups: DENIED }, finding(), 'The source securityGroups was not read'],
  ['rules that were not read', { securityGroupRules: DENIED }, finding(), 'The source securityGroupRules was not read'],
  ['rules that are there', { securityGroupRules: [udp, { ...udp, ipProtocol: '6' }] }, finding(), 'are there by now'],
])('%s: refused', (_, over, problem, reason) =>
  expect(planned(remediation, world(over), { findings: [problem] })).toMatchObject({
    kind: 'refused',
    refusals: [{ reason: expect.stringContaining(reason) }],
  }),
);

test.each<[string, World, readonly string[]]>([
  ['as it was planned', {}, []],
  ['a group that was not read', { securityGroups: [] }, ['group-seen unknown']],
  ['a group of another account', { securityGroups: [{ ...group, ownerId: '444455556666' }] }, ['group-seen no']],
  ['a rule that somebody added', { securityGroupRules: [{ ...udp, ipProtocol: '17' }] }, ['rule-missing no']],
  ['rules that were not read', { securityGroupRules: DENIED }, ['readable unknown']],
])('preflight: %s', (_, over, failing) =>
  expect(
    remediation
      .preflight(world(over), plan(), remediation.options.parse({}))
      .filter(({ holds }) => holds !== 'yes')
      .map(({ name, holds }) => `${name} ${holds}`),
  ).toEqual(failing),
);
