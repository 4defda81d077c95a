import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/eni-quota.ts';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import type { ServiceQuota } from '#lib/model/service-quota.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aNode, aNodeEni, anEni, anInstance, aRule, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type World = NonNullable<Parameters<typeof aSnapshot>[0]>;

const aQuota = (quotaCode: string, value: number, over: Partial<ServiceQuota> = {}): ServiceQuota => ({
  serviceCode: 'vpc',
  quotaCode,
  quotaName: quotaCode,
  value,
  ...over,
});
const quotas = (interfaces: Partial<ServiceQuota> = { used: 100 }) => [
  aQuota('L-DF5E4CA3', 5000, interfaces),
  aQuota('L-0EA8095F', 60),
  aQuota('L-2AFB9258', 5),
];
/** One node whose interface carries the cluster's group, which has these rules. */
const world = (rules: readonly SecurityGroupRule[], over: World = {}): World => ({
  serviceQuotas: quotas(),
  networkInterfaces: [aNodeEni('i-1')],
  nodes: [aNode()],
  instances: [anInstance()],
  securityGroupRules: [...rules],
  ...over,
});
const run = (given: World, options = {}) => runCheck(check, aSnapshot(given), options).findings;
const on = (id: string, given: World, options = {}) => run(given, options).find(({ resource }) => resource.id === id);
const REGION = 'vpc/L-DF5E4CA3';
const GROUPS = 'vpc/L-2AFB9258';

test.each<[string, Partial<ServiceQuota>, string, string]>([
  ['few', { used: 100 }, 'ok', '100 of 5000 interfaces in eu-west-1 (2 %)'],
  ['just below the warning', { used: 3999 }, 'ok', '79.9 %'],
  ['80 %', { used: 4000 }, 'warning', '80 %'],
  ['just below critical', { used: 4749 }, 'warning', '94.9 %'],
  ['95 %', { used: 4750 }, 'critical', '95 %'],
  ['more than the quota, which was lowered', { used: 6000 }, 'critical', '120 %'],
  ['too many to count, near the quota', { used: 4800, usedIsLowerBound: true }, 'critical', 'more than 4800'],
  ['too many to count, past the warning', { used: 4200, usedIsLowerBound: true }, 'unknown', 'too many to be counted'],
  ['too many to count, far from the quota', { used: 2000, usedIsLowerBound: true }, 'unknown', 'too many to be counted'],
  ['not counted', { usedUnread: 'EC2 denied it.' }, 'unknown', 'was not counted: EC2 denied it.'],
  ['not counted for no known reason', {}, 'unknown', 'was not counted: nothing says why.'],
])('interfaces of the Region: %s is %3$s', (_, interfaces, verdict, text) => {
  const finding = on(REGION, world([], { serviceQuotas: quotas(interfaces) }));
  expect(finding).toMatchObject({ verdict, resource: { kind: 'quota' } });
  expect(finding?.summary).toContain(text);
});

test('a quota of zero is used up', () => {
  expect(on(REGION, world([], { serviceQuotas: [aQuota('L-DF5E4CA3', 0, { used: 0 })] }))?.verdict).toBe('critical');
});

test('a quota that is not among those read is unknown, and the others are judged', () => {
  expect(run(world([], { serviceQuotas: [aQuota('L-DF5E4CA3', 5000, { used: 1 })] })).map(({ verdict }) => verdict)).toEqual([
    'ok',
    'unknown',
    'unknown',
  ]);
});

const repeat = (count: number, over: Partial<SecurityGroupRule>) =>
  Array.from({ length: count }, (_, at) => aRule({ securityGroupRuleId: `sgr-${at}`, ...over }));
const byGroup = { isEgress: false, referencedGroup: { groupId: 'sg-lb' } };
const ipv6 = { cidrIpv6: '2001:db8::/32' };

test.each<[string, readonly SecurityGroupRule[], string, number, string]>([
  ['no rule', [], 'ok', 0, 'inboundIpv4'],
  ['47 rules one way', repeat(47, {}), 'ok', 47, 'outboundIpv4'],
  ['48 rules one way', repeat(48, {}), 'warning', 48, 'outboundIpv4'],
  ['57 rules one way', repeat(57, {}), 'critical', 57, 'outboundIpv4'],
  ['40 rules each way', [...repeat(40, {}), ...repeat(40, { isEgress: false })], 'ok', 40, 'inboundIpv4'],
  ['40 rules of each family', [...repeat(40, {}), ...repeat(40, ipv6)], 'ok', 40, 'outboundIpv4'],
  ['58 rules of IPv6', repeat(58, ipv6), 'critical', 58, 'outboundIpv6'],
  [
    'rules that name a group, which count in both families',
    [...repeat(30, byGroup), ...repeat(20, { isEgress: false, ...ipv6 })],
    'warning',
    50,
    'inboundIpv6',
  ],
])('a security group with %s is %3$s', (_, rules, verdict, used, fullest) => {
  expect(on('sg-cluster', world(rules))).toMatchObject({
    verdict,
    resource: { kind: 'security-group' },
    evidence: { used, fullest, quota: 60, usedIsLowerBound: false },
  });
});

const listed = repeat(1, { prefixListId: 'pl-1' });
const list = (cidrs?: string[]) => [
  { prefixListId: 'pl-1', ...(cidrs ? { cidrs } : { unreadable: 'it is of another account' }) },
];
test.each<[string, readonly SecurityGroupRule[], World['prefixLists'], string, number, string]>([
  ['makes the count a lower bound', listed, list(['10.0.0.0/8', '172.16.0.0/12']), 'unknown', 1, 'pl-1 (2 entries)'],
  [
    'does not hide what is critical without it',
    [...repeat(57, {}), ...listed],
    list(['10.0.0.0/8']),
    'critical',
    58,
    'at least 58',
  ],
  ['counts in its own family', [...repeat(57, {}), ...listed], list(['2001:db8::/32']), 'critical', 57, 'at least 57'],
  ['that was not read counts in none', listed, list(), 'unknown', 0, 'pl-1 (not read)'],
  ['of lists that were not read counts in none', listed, DENIED, 'unknown', 0, 'pl-1 (not read)'],
])('a rule that names a prefix list %s', (_, rules, prefixLists, verdict, used, text) => {
  const finding = on('sg-cluster', world(rules, { prefixLists: prefixLists ?? [] }));
  expect(finding).toMatchObject({ verdict, evidence: { used, unsizedPrefixLists: ['pl-1'], usedIsLowerBound: true } });
  expect(finding?.summary).toContain(text);
});

test('the groups of the cluster are judged: its own, its interfaces, ENIConfigs and policies; not those of its neighbours', () => {
  const found = run(
    world([], {
      cluster: aCluster({ securityGroupIds: ['sg-extra'] }),
      networkInterfaces: [aNodeEni('i-1', 0, { groups: ['sg-node'] }), anEni({ groups: ['sg-rds'], privateIpAddresses: [] })],
      securityGroups: [{ groupId: 'sg-node', groupName: 'nodes', tags: {} }],
      eniConfigs: [{ name: 'default', subnet: 'subnet-a', securityGroups: ['sg-pods'] }],
      securityGroupPolicies: [{ namespace: 'shop', name: 'db', groupIds: ['sg-db'] }],
    }),
  );
  expect(found.flatMap(({ resource }) => (resource.kind === 'security-group' ? [resource.id] : []))).toEqual([
    'sg-cluster',
    'sg-extra',
    'sg-node',
    'sg-pods',
    'sg-db',
  ]);
  expect(found.find(({ resource }) => resource.id === 'sg-node')?.resource.name).toBe('nodes');
});

const withGroups = (...counts: readonly number[]) =>
  counts.map((count, at) => aNodeEni('i-1', at, { groups: Array.from({ length: count }, (_, group) => `sg-${group}`) }));
test.each<[string, readonly number[], string, string]>([
  ['two of five', [2, 1], 'ok', 'At most 2 of 5 security groups (40 %)'],
  ['four of five', [1, 4, 4], 'warning', 'on 2 interfaces, as eni-i-1-1'],
  ['five of five', [5], 'critical', '(100 %)'],
])('groups on an interface: %s is %3$s', (_, counts, verdict, text) => {
  const finding = on(GROUPS, world([], { networkInterfaces: withGroups(...counts) }));
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.summary).toContain(text);
});

test('interfaces of others do not count for groups, and none at all is ok', () => {
  const foreign = anEni({ groups: ['a', 'b', 'c', 'd', 'e'], privateIpAddresses: ['10.0.0.77'] });
  expect(on(GROUPS, world([], { networkInterfaces: [aNodeEni('i-1'), foreign] }))?.evidence['used']).toBe(1);
  expect(on(GROUPS, world([], { networkInterfaces: [] }))).toMatchObject({ verdict: 'ok', evidence: { eniId: null } });
});

test.each<[string, World, string, string]>([
  ['interfaces', { networkInterfaces: DENIED, securityGroupRules: DENIED }, 'unknown', 'the interfaces were not read'],
  ['nodes and instances', { nodes: DENIED, instances: DENIED }, 'unknown', 'neither nodes nor instances were read'],
  ['nodes alone', { nodes: DENIED }, 'ok', 'At most 1 of 5'],
])('without %s the groups of the cluster are %3$s', (_, over, verdict, text) => {
  const finding = on(GROUPS, world([], over));
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.summary).toContain(text);
});

test('without rules the quota of rules is unknown, and says why', () => {
  const finding = on('vpc/L-0EA8095F', world([], { securityGroupRules: DENIED }));
  expect(finding).toMatchObject({ verdict: 'unknown', resource: { kind: 'quota' } });
  expect(finding?.summary).toContain('their rules were not read: the call was denied');
});

test('the thresholds are options; a problem names what to do', () => {
  const given = world([], { serviceQuotas: quotas({ used: 3000 }) });
  expect(on(REGION, given, { warningPercent: 60 })).toMatchObject({
    verdict: 'warning',
    timeToImpact: 'days',
    remediation: 'request-quota-increase',
  });
  expect(on(REGION, given, { criticalPercent: 60 })).toMatchObject({ verdict: 'critical', timeToImpact: 'hours' });
  expect(on(REGION, given)?.remediation).toBeUndefined();
});
