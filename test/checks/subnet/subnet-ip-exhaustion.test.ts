import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/subnet-ip-exhaustion.ts';
import type { NetworkInterface, Subnet } from '#lib/model/ec2.ts';
import type { History } from '#lib/model/history.ts';
import type { SliceData } from '#lib/model/snapshot.ts';
import { aDetachedEni } from '#test/network/worlds.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aDaemonSet,
  aNode,
  aNodeEni,
  anEni,
  anInstance,
  anInstanceType,
  aPod,
  aSnapshot,
  aSubnet,
  awsNode,
  DENIED,
  NOW,
} from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

/** One m5.large node in subnet-a under the VPC CNI, and so many addresses free of 251. */
const withFree = (availableIpAddressCount: number, over: World = {}, subnet: Partial<Subnet> = {}): World => ({
  subnets: [aSubnet({ availableIpAddressCount, ...subnet })],
  networkInterfaces: [aNodeEni('i-1')],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  nodes: [aNode()],
  pods: [aPod()],
  daemonSets: [awsNode()],
  ...over,
});
const run = (world: World, options: Parameters<typeof runCheck>[2] = {}) => runCheck(check, aSnapshot(world), options);
const verdicts = (world: World, options = {}) =>
  Object.fromEntries(run(world, options).findings.map(({ resource, verdict }) => [resource.id, verdict]));
const subnetA = (world: World, options = {}) => run(world, options).findings.find(({ resource }) => resource.id === 'subnet-a');

test.each([
  ['an empty subnet', 251, 'ok'],
  ['just below the warning', 51, 'ok'],
  ['at 80 %', 50, 'warning'],
  ['just above what a node needs', 13, 'warning'],
  ['at 95 %', 12, 'critical'],
  ['less than one more node needs', 9, 'critical'],
  ['nothing free', 0, 'critical'],
])('%s: %i free of 251 is %3$s', (_, free, verdict) => expect(subnetA(withFree(free))?.verdict).toBe(verdict));

test('the thresholds are options, and are reached when equalled', () => {
  const world = withFree(800, {}, { cidrBlock: '10.0.0.0/22' });
  const exact = withFree(204, {}, { cidrBlock: '10.0.0.0/22' });
  expect(subnetA(world)?.verdict).toBe('ok');
  expect(subnetA(world, { warningPercent: 21 })?.verdict).toBe('warning');
  expect(subnetA(exact, { warningPercent: (100 * 815) / 1019 })?.verdict).toBe('warning');
  expect(subnetA(world, { criticalPercent: 20 })?.verdict).toBe('critical');
});

test('the evidence names who holds what, and the metrics are of the subnet alone', () => {
  const result = run(
    withFree(251 - 16, {
      networkInterfaces: [
        aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.13'] }),
        aNodeEni('i-9', 0, { privateIpAddresses: ['10.0.0.20', '10.0.0.21'] }),
        anEni({ description: 'ELB net/shop', privateIpAddresses: ['10.0.0.30'] }),
        anEni({ interfaceType: 'vpc_endpoint', privateIpAddresses: ['10.0.0.31'] }),
        anEni({ interfaceType: 'lambda', privateIpAddresses: ['10.0.0.32'] }),
        anEni({ interfaceType: 'nat_gateway', privateIpAddresses: ['10.0.0.33'] }),
      ],
      instances: [anInstance(), anInstance({ instanceId: 'i-9', tags: { 'eks:cluster-name': 'blog' } })],
    }),
  );
  expect(result.findings).toMatchObject([
    {
      verdict: 'ok',
      resource: { kind: 'subnet', id: 'subnet-a' },
      evidence: {
        cidr: '10.0.0.0/24',
        availabilityZone: 'eu-west-1a',
        total: 251,
        free: 235,
        usedPercent: 6.3,
        hoursToExhaustion: null,
        consumers: {
          thisCluster: 2,
          otherClusters: 2,
          warmPool: 2,
          loadBalancers: 1,
          endpoints: 1,
          lambda: 1,
          natGateways: 1,
          controlPlane: 0,
          leaked: 0,
          other: 0,
        },
        byCluster: { 'shop-prod': 4, blog: 2 },
        unaccounted: 6,
        oneMoreNode: 10,
        relievedBy: [],
      },
    },
  ]);
  expect(result.metrics).toEqual([
    { name: 'SubnetFreeIps', value: 235, dimensions: { SubnetId: 'subnet-a' } },
    { name: 'SubnetUsedPercent', value: 6.3, dimensions: { SubnetId: 'subnet-a' } },
  ]);
});

const sibling = (availableIpAddressCount: number, over: Partial<Subnet> = {}) =>
  aSubnet({
    subnetId: 'subnet-s',
    cidrBlock: '10.0.4.0/24',
    availableIpAddressCount,
    tags: { 'kubernetes.io/role/cni': '1' },
    ...over,
  });
const full = (second: Subnet, daemonSets: SliceData['daemonSets'] = [awsNode()]) =>
  withFree(3, { subnets: [aSubnet({ availableIpAddressCount: 3 }), second], daemonSets });
const versioned = (version: string) => [
  {
    ...awsNode(),
    containers: awsNode().containers.map((container) => ({ ...container, image: `amazon-k8s-cni:${version}` })),
  },
];

test('a full subnet whose tagged sibling has room is a warning that names it', () => {
  const finding = subnetA(full(sibling(200)));
  expect(finding).toMatchObject({ verdict: 'warning', evidence: { relievedBy: ['subnet-s'] } });
  expect(finding?.summary).toContain('subnet-s');
});

test.each([
  ['a sibling in another zone', sibling(200, { availabilityZone: 'eu-west-1b' }), versioned('v1.20.4')],
  ['an untagged sibling', sibling(200, { tags: {} }), versioned('v1.20.4')],
  ['a sibling that is full itself', sibling(4), versioned('v1.20.4')],
  ['a CNI before subnet discovery', sibling(200), versioned('v1.17.1')],
  ['a sibling tagged 0 from 1.22.1 on', sibling(200, { tags: { 'kubernetes.io/role/cni': '0' } }), versioned('v1.22.1')],
  ['a version that cannot be told', sibling(200), versioned('latest')],
  ['DaemonSets that were not read', sibling(200), DENIED],
])('%s relieves nothing', (_, second, daemonSets) =>
  expect(verdicts({ ...full(second), daemonSets })['subnet-a']).toBe('critical'),
);

test('up to 1.22.0 a sibling tagged 0 relieves as well', () => {
  const second = sibling(200, { tags: { 'kubernetes.io/role/cni': '0' } });
  expect(verdicts(full(second, versioned('v1.21.1')))['subnet-a']).toBe('warning');
});

test.each<[string, World, Record<string, string>]>([
  [
    'a /28 has 11 addresses, of which one more node takes 10',
    withFree(10, {}, { cidrBlock: '10.0.0.0/28' }),
    { 'subnet-a': 'ok' },
  ],
  ['a /28 that cannot take one more node', withFree(9, {}, { cidrBlock: '10.0.0.0/28' }), { 'subnet-a': 'critical' }],
  [
    'WARM_ENI_TARGET raises what a node needs',
    withFree(19, { daemonSets: [awsNode({ WARM_ENI_TARGET: '2' })] }, { cidrBlock: '10.0.0.0/27' }),
    { 'subnet-a': 'critical' },
  ],
  [
    'WARM_IP_TARGET lowers it',
    withFree(6, { daemonSets: [awsNode({ WARM_IP_TARGET: '2' })] }, { cidrBlock: '10.0.0.0/27' }),
    { 'subnet-a': 'ok' },
  ],
  [
    'under prefix delegation a node needs 17',
    withFree(16, { daemonSets: [awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })] }, { cidrBlock: '10.0.0.0/27' }),
    { 'subnet-a': 'critical' },
  ],
  [
    'for IPv6 pods a node needs 1',
    withFree(
      2,
      { cluster: aCluster({ ipFamily: 'ipv6' }), daemonSets: [awsNode({ ENABLE_IPv6: 'true' })] },
      { cidrBlock: '10.0.0.0/28' },
    ),
    { 'subnet-a': 'warning' },
  ],
  [
    'under Calico a node needs 1',
    withFree(
      3,
      {
        daemonSets: [
          aDaemonSet({
            name: 'calico-node',
            labels: { 'k8s-app': 'calico-node' },
            containers: [{ name: 'calico-node', image: 'calico/node:v3.31.0', init: false, env: {}, args: [] }],
          }),
        ],
      },
      { cidrBlock: '10.0.0.0/28' },
    ),
    { 'subnet-a': 'ok' },
  ],
  [
    'an empty cluster has its own subnets',
    withFree(200, { nodes: [], instances: [], networkInterfaces: [], pods: [] }),
    { 'subnet-a': 'ok' },
  ],
  ['a subnet with no interface of ours', withFree(200, { networkInterfaces: [] }), { 'subnet-a': 'ok' }],
  [
    'subnets that this cluster does not use are not judged',
    withFree(200, {
      subnets: [aSubnet({ availableIpAddressCount: 200 }), aSubnet({ subnetId: 'subnet-x', availableIpAddressCount: 0 })],
    }),
    { 'subnet-a': 'ok' },
  ],
  ['an IPv6-only subnet', withFree(0, {}, { cidrBlock: '' }), { 'subnet-a': 'not-applicable' }],
  ['a subnet that was not read', withFree(0, { subnets: [] }), { 'subnet-a': 'unknown' }],
  [
    'custom networking judges the ENIConfig, and the node subnet for nodes',
    withFree(3, {
      subnets: [
        aSubnet({ availableIpAddressCount: 40, cidrBlock: '10.0.0.0/26' }),
        aSubnet({ subnetId: 'subnet-pods', availableIpAddressCount: 5 }),
      ],
      daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })],
      eniConfigs: [{ name: 'default', subnet: 'subnet-pods', securityGroups: [] }],
    }),
    { 'subnet-a': 'ok', 'subnet-pods': 'critical' },
  ],
])('%s', (_, world, expected) => expect(verdicts(world)).toEqual(expected));

const customNetworking = { daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })] };
test.each<[string, World, string | undefined, string]>([
  [
    'ENIConfigs that were not read',
    withFree(200, { ...customNetworking, eniConfigs: DENIED }),
    'unknown',
    'ENIConfigs were not read',
  ],
  ['an ENIConfig that is missing', withFree(200, customNetworking), 'unknown', 'no ENIConfig named default'],
  ['neither nodes nor instances', withFree(200, { nodes: DENIED, instances: DENIED }), 'unknown', 'neither nodes'],
  [
    'neither DaemonSets nor interfaces',
    withFree(200, { daemonSets: DENIED, networkInterfaces: DENIED }),
    'unknown',
    'interfaces were not read',
  ],
  [
    'a node of which nothing was seen',
    withFree(200, { nodes: [aNode(), aNode({ name: 'lost', instanceId: 'i-lost' })] }),
    'unknown',
    '1 node draw from: neither its instance nor its interfaces were seen (lost)',
  ],
  ['nothing missing', withFree(200), undefined, ''],
])('with %s the subnets may not be all: %3$s', (_, world, verdict, text) => {
  const ofCluster = run(world).findings.find(({ resource }) => resource.kind === 'cluster');
  expect(ofCluster?.verdict).toBe(verdict);
  expect(ofCluster?.summary ?? '').toContain(text);
});

test('without Kubernetes access the subnets are those of the instances, and the summary says so', () => {
  const denied = { nodes: DENIED, pods: DENIED, daemonSets: DENIED, eniConfigs: DENIED };
  const finding = subnetA(withFree(200, denied));
  expect(finding).toMatchObject({ verdict: 'ok', evidence: { consumers: { thisCluster: 1, warmPool: null } } });
  expect(finding?.summary).toContain('the nodes were not read');
  expect(finding?.summary).toContain('default settings are assumed');
  expect(subnetA(withFree(3, denied))?.verdict).toBe('critical');
});

test('the subnet of a Fargate pod is found by its address', () => {
  const fargate = aNode({
    name: 'fargate-1',
    labels: { 'eks.amazonaws.com/compute-type': 'fargate' },
    internalIps: ['10.0.4.9'],
  });
  const eni = anEni({ subnetId: 'subnet-f', privateIpAddresses: ['10.0.4.9'] });
  const subnets = [aSubnet(), aSubnet({ subnetId: 'subnet-f', cidrBlock: '10.0.4.0/24', availableIpAddressCount: 2 })];
  const { instanceId: _none, ...node } = fargate;
  expect(verdicts(withFree(0, { nodes: [node], instances: [], networkInterfaces: [eni], subnets }))).toEqual({
    'subnet-f': 'critical',
  });
});

test('without interfaces the share is judged all the same', () => {
  expect(subnetA(withFree(3, { networkInterfaces: DENIED }))).toMatchObject({
    verdict: 'critical',
    evidence: { consumers: null, byCluster: null, unaccounted: null },
  });
});

test.each<[string, World, string]>([
  ['is unknown where few addresses are free', withFree(40, { instanceTypes: [] }, { cidrBlock: '10.0.0.0/26' }), 'unknown'],
  ['does not matter where many are', withFree(150, { instanceTypes: [] }), 'ok'],
  ['does not matter where none are', withFree(0, { instanceTypes: DENIED }), 'critical'],
])('the demand of a type that is not known %s', (_, world, verdict) => expect(subnetA(world)?.verdict).toBe(verdict));

test('a shared subnet shows what cannot be seen', () => {
  const prefixed: NetworkInterface = aNodeEni('i-1', 0, { ipv4Prefixes: ['10.0.0.32/28'] });
  expect(subnetA(withFree(100, { networkInterfaces: [prefixed] }))?.evidence).toMatchObject({ unaccounted: 251 - 17 - 100 });
});

test.each([
  [65, 2, 0],
  [300, 0, 2],
])('a detached interface of the CNI, two hours old, is leaked from %i minutes on', (leakedAfterMinutes, leaked, other) => {
  const eni = aDetachedEni(120, { privateIpAddresses: ['10.0.0.30', '10.0.0.31'] });
  const world = withFree(248, { networkInterfaces: [aNodeEni('i-1'), eni] });
  expect(subnetA(world, { leakedAfterMinutes })?.evidence).toMatchObject({
    consumers: { leaked, other },
    byCluster: { 'shop-prod': 1 },
  });
});

test('a warm pool that holds most addresses is what to tune, else more subnets are needed', () => {
  const held = Array.from({ length: 240 }, (_, at) => `10.0.0.${10 + at}`);
  const warm = withFree(11, { networkInterfaces: [aNodeEni('i-1', 0, { privateIpAddresses: held })] });
  expect(subnetA(warm)?.remediation).toBe('tune-warm-targets');
  expect(subnetA(withFree(11))?.remediation).toBe('add-pod-subnet');
  expect(subnetA(withFree(200))?.remediation).toBeUndefined();
});

/** A reading of subnet-a every five minutes of the last `hours`: `free` now, and `perHour` more in each hour before. */
const falling = (free: number, perHour: number, hours = 24): History => ({
  points: (series, id) =>
    series === 'SubnetFreeIps' && id === 'subnet-a'
      ? Array.from({ length: 12 * hours }, (_, index) => {
          const age = hours - index / 12;
          return { at: new Date(Date.parse(NOW) - age * 3_600_000).toISOString(), value: Math.round(free + perHour * age) };
        })
      : [],
});
const forecast = (world: World, history: History, options = {}) =>
  runCheck(check, aSnapshot(world), options, history).findings.find(({ resource }) => resource.id === 'subnet-a');
const roomy = (free: number, over: World = {}) => withFree(free, over, { cidrBlock: '10.0.0.0/20' });

test.each([
  ['no fall', 2000, 0, 'ok', undefined],
  ['a fall that leaves days', 2000, 20, 'ok', undefined],
  ['none free within a day', 2000, 100, 'warning', 'hours'],
  ['none free within four hours', 1900, 600, 'critical', 'hours'],
])('%s: %i free, %i fewer each hour, is %s', (_, free, perHour, verdict, timeToImpact) => {
  const found = forecast(roomy(free), falling(free, perHour));
  expect(found).toMatchObject({ verdict, ...(timeToImpact && { timeToImpact }) });
});

test('the hours of a forecast are in the summary and in the evidence, with their interval', () => {
  const found = forecast(roomy(2000), falling(2000, 100));
  const { hoursToExhaustion, forecast: interval } = { ...found?.evidence };
  const { earliestHours, addressesPerHour } = interval as Record<string, number>;
  expect(hoursToExhaustion).toBeGreaterThan(18);
  expect(hoursToExhaustion).toBeLessThan(22);
  expect(earliestHours).toBeLessThanOrEqual(Number(hoursToExhaustion));
  expect(addressesPerHour).toBeGreaterThan(80);
  expect(found?.summary).toMatch(/as things go, none is free in about [\d.]+ hours \([\d.]+ hours at the earliest\)/);
});

test.each([
  ['none', 0, /no history|covers 0 hours/],
  ['an hour', 1, /covers [01] hours?/],
])('with a history of %s there is no number, and the reason why', (_, hours, reason) => {
  const found = forecast(roomy(2000), falling(2000, 0, hours));
  expect(found?.verdict).toBe('ok');
  expect(found?.evidence).toMatchObject({ hoursToExhaustion: null, forecast: { unknown: expect.stringMatching(reason) } });
});

test('a forecast that the thresholds of the options reach', () => {
  const past = falling(2000, 100);
  expect(forecast(roomy(2000), past, { warningHours: 5, criticalHours: 1 })?.verdict).toBe('ok');
  expect(forecast(roomy(2000), past, { criticalHours: 30 })?.verdict).toBe('critical');
});

test('a subnet that will be full soon, with a tagged sibling that has room, is a warning that names it', () => {
  const sibling = aSubnet({
    subnetId: 'subnet-b',
    cidrBlock: '10.0.32.0/20',
    availableIpAddressCount: 4000,
    tags: { 'kubernetes.io/role/cni': '1' },
  });
  const world = { ...roomy(1900), subnets: [aSubnet({ cidrBlock: '10.0.0.0/20', availableIpAddressCount: 1900 }), sibling] };
  const found = forecast(world, falling(1900, 600));
  expect(found?.verdict).toBe('warning');
  expect(found?.evidence).toMatchObject({ relievedBy: ['subnet-b'] });
});

test('it keeps the free addresses of every subnet that it counted, for its own forecasts', () => {
  const { readings } = run({
    ...withFree(50),
    subnets: [aSubnet({ availableIpAddressCount: 50 }), aSubnet({ subnetId: 'subnet-far' })],
  });
  expect(readings).toEqual([{ series: 'SubnetFreeIps', id: 'subnet-a', value: 50 }]);
});
