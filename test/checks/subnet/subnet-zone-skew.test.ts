import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/subnet-zone-skew.ts';
import type { Subnet } from '#lib/model/ec2.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aDaemonSet,
  aNode,
  aNodeEni,
  aNodegroup,
  anInstance,
  anInstanceType,
  aPod,
  aSnapshot,
  aSubnet,
  awsNode,
  DENIED,
} from '#test/scenarios/slices.ts';

type World = NonNullable<Parameters<typeof aSnapshot>[0]>;

const subnetIn = (zone: string, availableIpAddressCount: number, over: Partial<Subnet> = {}) =>
  aSubnet({ subnetId: `subnet-${zone}`, availabilityZone: zone, availableIpAddressCount, ...over });
/** A /24 with an m5.large node in each zone, and so many of 251 addresses free there. */
const zones = (free: Readonly<Record<string, number>>, over: World = {}): World => {
  const named = Object.keys(free);
  return {
    subnets: Object.entries(free).map(([zone, count]) => subnetIn(zone, count)),
    nodes: named.map((zone) => aNode({ name: `node-${zone}`, instanceId: `i-${zone}` })),
    instances: named.map((zone) => anInstance({ instanceId: `i-${zone}`, subnetId: `subnet-${zone}`, availabilityZone: zone })),
    networkInterfaces: named.map((zone) => aNodeEni(`i-${zone}`, 0, { subnetId: `subnet-${zone}`, availabilityZone: zone })),
    instanceTypes: [anInstanceType()],
    daemonSets: [awsNode()],
    pods: [aPod()],
    ...over,
  };
};
const judge = (world: World, options = {}) => runCheck(check, aSnapshot(world), options).findings[0];
const groupIn = (...names: readonly string[]) => ({
  nodegroups: [aNodegroup({ nodegroupName: `of-${names.join('')}`, subnets: names.map((zone) => `subnet-${zone}`) })],
});

test.each<[string, World, string, Record<string, unknown>]>([
  ['three roomy zones', zones({ a: 200, b: 200, c: 200 }), 'ok', { shortZones: [], free: 600, total: 753 }],
  ['one at 90 %', zones({ a: 25, b: 200 }), 'warning', { shortZones: ['a'], roomyZones: ['b'] }],
  ['one just below 90 %', zones({ a: 26, b: 200 }), 'ok', { shortZones: [] }],
  ['one near exhaustion, the other at 70 %', zones({ a: 25, b: 75 }), 'ok', { shortZones: ['a'], roomyZones: [] }],
  ['one near exhaustion, the other just below 70 %', zones({ a: 25, b: 76 }), 'warning', { roomyZones: ['b'] }],
  ['two near exhaustion of three', zones({ a: 3, b: 200, c: 20 }), 'warning', { shortZones: ['a', 'c'] }],
  ['all near exhaustion alike', zones({ a: 3, b: 4 }), 'ok', { shortZones: ['a', 'b'], roomyZones: [] }],
  ['one zone only', zones({ a: 3 }), 'not-applicable', {}],
  [
    'a full zone that is the only one of a node group',
    zones({ a: 3, b: 200 }, groupIn('a')),
    'critical',
    { boundNodegroups: ['of-a'] },
  ],
  ['a full zone whose node group has another', zones({ a: 3, b: 200 }, groupIn('a', 'b')), 'warning', { boundNodegroups: [] }],
  ['a short zone that takes one more node yet', zones({ a: 20, b: 200 }, groupIn('a')), 'warning', { boundNodegroups: [] }],
  [
    'a roomy zone that is the only one of a node group',
    zones({ a: 3, b: 200 }, groupIn('b')),
    'warning',
    { boundNodegroups: [] },
  ],
  [
    'a node group without subnets',
    zones({ a: 3, b: 200 }, { nodegroups: [aNodegroup({ subnets: [] })] }),
    'warning',
    { boundNodegroups: [] },
  ],
])('%s: %3$s', (_, world, verdict, evidence) => expect(judge(world)).toMatchObject({ verdict, evidence }));

test('a small zone is short where it takes no more node, however little of it is used', () => {
  const small = zones({ a: 9, b: 200 });
  const subnets = [subnetIn('a', 9, { cidrBlock: '10.0.0.0/28' }), subnetIn('b', 200)];
  expect(judge({ ...small, subnets })).toMatchObject({ verdict: 'warning', evidence: { zones: { a: { refusesNode: 'yes' } } } });
});

test('a second subnet of the zone that the CNI finds makes room there', () => {
  const sibling = subnetIn('a', 200, { subnetId: 'subnet-s', tags: { 'kubernetes.io/role/cni': '1' } });
  const world = zones({ a: 3, b: 200 });
  expect(judge({ ...world, subnets: [subnetIn('a', 3), subnetIn('b', 200), sibling] })).toMatchObject({
    verdict: 'ok',
    evidence: { zones: { a: { free: 203, total: 502, refusesNode: 'no' } } },
  });
});

test('subnets that node groups may use count before they have nodes', () => {
  const subnets = [subnetIn('a', 3), subnetIn('b', 200)];
  const inA = { ...zones({ a: 3 }), subnets };
  expect(judge(inA)?.verdict).toBe('not-applicable');
  expect(judge({ ...inA, ...groupIn('a', 'b') })).toMatchObject({ verdict: 'warning', evidence: { zones: { b: { nodes: 0 } } } });
});

test('under custom networking the subnets of the ENIConfigs are judged, and those of nodes are not', () => {
  const world = zones({ a: 200, b: 200 });
  const pods = [subnetIn('a', 3, { subnetId: 'pods-a' }), subnetIn('b', 200, { subnetId: 'pods-b' })];
  const nodes = ['a', 'b'].map((zone) =>
    aNode({ name: `node-${zone}`, instanceId: `i-${zone}`, labels: { 'k8s.amazonaws.com/eniConfig': zone } }),
  );
  const custom = {
    ...world,
    nodes,
    subnets: [...(world.subnets as Subnet[]), ...pods],
    daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })],
    eniConfigs: ['a', 'b'].map((zone) => ({ name: zone, subnet: `pods-${zone}`, securityGroups: [] })),
    ...groupIn('a', 'b'),
  };
  expect(judge(custom)).toMatchObject({ verdict: 'warning', evidence: { free: 203, total: 502 } });
});

test.each<[string, World, string, string]>([
  [
    'node groups, where the short zone is full',
    { nodegroups: DENIED },
    'unknown',
    'whether a node group has no other zone was not read',
  ],
  [
    'a subnet of the nodes',
    { subnets: [subnetIn('b', 200)] },
    'unknown',
    'subnet-a gives pods addresses and was not among the subnets read',
  ],
  ['nodes and instances', { nodes: DENIED, instances: DENIED }, 'unknown', 'neither nodes'],
  [
    'the subnet of a node',
    { nodes: [aNode({ name: 'lost', instanceId: 'i-lost' })] },
    'unknown',
    'It is not known where the pods of 1 node draw from',
  ],
  ['DaemonSets', { daemonSets: DENIED }, 'warning', "the VPC CNI's default settings are assumed"],
])('without %s it is %3$s', (_, over, verdict, text) => {
  const finding = judge(zones({ a: 3, b: 200 }, over));
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.summary).toContain(text);
});

test('without node groups a short zone that takes more nodes is a warning, and no skew is ok', () => {
  expect(judge(zones({ a: 20, b: 200 }, { nodegroups: DENIED }))?.verdict).toBe('warning');
  expect(judge(zones({ a: 200, b: 200 }, { nodegroups: DENIED }))?.verdict).toBe('ok');
});

test('a type that is not known leaves a zone with few addresses open', () => {
  const small = { subnets: [subnetIn('a', 40, { cidrBlock: '10.0.0.0/26' }), subnetIn('b', 200)], instanceTypes: [] };
  const finding = judge(zones({ a: 40, b: 200 }, small));
  expect(finding).toMatchObject({ verdict: 'unknown', evidence: { zones: { a: { refusesNode: 'unknown' } } } });
  expect(finding?.summary).toContain('whether a takes one more node depends on a type that is not known');
});

test('an IPv6-only subnet has no part in it', () => {
  const subnets = [subnetIn('a', 0, { cidrBlock: '' }), subnetIn('b', 200), subnetIn('c', 200)];
  expect(judge({ ...zones({ a: 0, b: 200, c: 200 }), subnets })?.evidence).toMatchObject({ zones: { b: {}, c: {} }, total: 502 });
});

test('under another CNI the subnets of the nodes are judged; an empty cluster has its own', () => {
  const calico = aDaemonSet({
    name: 'calico-node',
    labels: { 'k8s-app': 'calico-node' },
    containers: [{ name: 'calico-node', image: 'calico/node:v3.31.0', init: false, env: {}, args: [] }],
  });
  expect(judge(zones({ a: 3, b: 200 }, { daemonSets: [calico] }))?.verdict).toBe('warning');
  const empty = {
    nodes: [],
    instances: [],
    networkInterfaces: [],
    pods: [],
    cluster: aCluster({ subnetIds: ['subnet-a', 'subnet-b'] }),
  };
  expect(judge(zones({ a: 3, b: 200 }, empty))).toMatchObject({ verdict: 'warning', evidence: { zones: { a: { nodes: 0 } } } });
});

test('the summary tells each zone with its nodes, and what to do', () => {
  expect(judge(zones({ a: 3, b: 200 }, groupIn('a')))).toMatchObject({
    resource: { kind: 'cluster', name: 'shop-prod' },
    summary:
      'a has 3 of 251 addresses free (98.8 % used, too few for one more node) and 1 of 2 nodes; b has 200 of 251 addresses free (20.3 % used) and 1 of 2 nodes; 1 node group can go nowhere else (of-a).',
    evidence: { zones: { a: { free: 3, total: 251, usedPercent: 98.8, nodes: 1, refusesNode: 'yes' } } },
    timeToImpact: 'immediate',
    remediation: 'add-pod-subnet',
  });
});

test('the thresholds are options', () => {
  expect(judge(zones({ a: 100, b: 200 }), { shortPercent: 60 })?.verdict).toBe('warning');
  expect(judge(zones({ a: 25, b: 60 }), { roomPercent: 80 })?.verdict).toBe('warning');
});
