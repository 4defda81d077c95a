import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/node-ip-capacity.ts';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aDaemonSet,
  aNode,
  aNodeEni,
  anInstance,
  anInstanceType,
  aPod,
  aSnapshot,
  aSubnet,
  awsNode,
  DENIED,
} from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const addresses = (from: number, count: number) => Array.from({ length: count }, (_, at) => `10.0.0.${from + at}`);
const threeEnis: readonly NetworkInterface[] = [0, 1, 2].map((device) =>
  aNodeEni('i-1', device, { privateIpAddresses: addresses(10 + 10 * device, 10) }),
);
const pods = (running: number, waiting = 0) => [
  ...Array.from({ length: running }, (_, at) => aPod({ name: `web-${at}` })),
  ...Array.from({ length: waiting }, (_, at) => aPod({ name: `stuck-${at}`, phase: 'Pending', podIps: [] })),
];
/** One m5.large node with all three interfaces full of addresses. */
const withPods = (running: number, waiting = 0, over: World = {}): World => ({
  subnets: [aSubnet()],
  networkInterfaces: [...threeEnis],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  nodes: [aNode()],
  pods: pods(running, waiting),
  daemonSets: [awsNode()],
  ...over,
});
const run = (world: World, options = {}) => runCheck(check, aSnapshot(world), options);
const first = (world: World, options = {}) => run(world, options).findings[0];

test.each([
  ['an idle node', 0, 0, 'ok'],
  ['just below 85 %', 22, 0, 'ok'],
  ['at 85 %', 23, 0, 'warning'],
  ['full, with nobody waiting', 27, 0, 'warning'],
  ['full, with a pod waiting', 27, 1, 'critical'],
  ['pods waiting for another reason', 5, 3, 'ok'],
])('%s: %i of 27 in use and %i waiting is %4$s', (_, running, waiting, verdict) =>
  expect(first(withPods(running, waiting))?.verdict).toBe(verdict),
);

test('the threshold is an option', () => {
  expect(first(withPods(14), { warningPercent: 50 })?.verdict).toBe('warning');
  expect(first(withPods(13), { warningPercent: 50 })?.verdict).toBe('ok');
});

test('the evidence counts what pods use, what is held and what could be', () => {
  const more = [
    aPod({ name: 'host', hostNetwork: true }),
    aPod({ name: 'done', phase: 'Succeeded' }),
    aPod({ name: 'failed', phase: 'Failed' }),
    aPod({ name: 'branch', podEni: '[{"eniId":"eni-b"}]' }),
  ];
  const result = run(
    withPods(0, 0, {
      pods: [...pods(20), ...more],
      nodes: [aNode({ allocatablePodEnis: 9 })],
      networkInterfaces: [
        aNodeEni('i-1', 0, { privateIpAddresses: addresses(10, 10) }),
        aNodeEni('i-1', 1, { privateIpAddresses: addresses(20, 8) }),
        aNodeEni('i-1', 2, { interfaceType: 'trunk', privateIpAddresses: ['10.0.0.40'] }),
      ],
    }),
  );
  expect(result.findings).toMatchObject([
    {
      verdict: 'warning',
      resource: { kind: 'node' },
      remediation: 'enable-prefix-delegation',
      evidence: {
        instanceType: 'm5.large',
        mode: 'secondary-ip',
        eniAttached: 3,
        eniMax: 3,
        ipCapacity: 18,
        ipAssigned: 16,
        ipInUse: 20,
        branchUsed: 1,
        branchMax: 9,
        podsWaiting: 0,
        mixedEnis: [],
      },
    },
  ]);
  expect(result.metrics).toEqual([
    { name: 'NodePodIpUsedPercent', values: [111], counts: [1] },
    { name: 'NodePodIpAssignedPercent', values: [88], counts: [1] },
  ]);
});

test.each<[string, World, string]>([
  ['Nitro', {}, 'enable-prefix-delegation'],
  ['Xen', { instanceTypes: [anInstanceType({ hypervisor: 'xen' })] }, 'advise-instance-types'],
])('the remedy of a full node on %s is %3$s', (_, over, remediation) =>
  expect(first(withPods(27, 1, over))?.remediation).toBe(remediation),
);

test('one distribution holds all nodes', () => {
  const nodes = ['1', '2', '3'].map((id) => aNode({ name: `n${id}`, instanceId: `i-${id}` }));
  const world = withPods(0, 0, {
    nodes,
    instances: nodes.map(({ instanceId = '' }) => anInstance({ instanceId })),
    networkInterfaces: nodes.map(({ instanceId = '' }) => aNodeEni(instanceId)),
    pods: [aPod({ nodeName: 'n1' })],
  });
  expect(run(world).metrics[0]).toEqual({ name: 'NodePodIpUsedPercent', values: [0, 3], counts: [2, 1] });
});

const prefixed = aNodeEni('i-1', 0, { ipv4Prefixes: ['10.0.1.0/28', '10.0.1.16/28'] });
const PD = [awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })];
const v6 = { cluster: aCluster({ ipFamily: 'ipv6' }), daemonSets: [awsNode({ ENABLE_IPv6: 'true', ENABLE_IPv4: 'false' })] };
test.each<[string, World, object]>([
  ['prefixes', { daemonSets: PD, networkInterfaces: [prefixed] }, { mode: 'prefix', ipCapacity: 432, ipAssigned: 32 }],
  [
    'prefixes on Xen',
    { daemonSets: PD, instanceTypes: [anInstanceType({ hypervisor: 'xen' })] },
    { mode: 'secondary-ip', ipCapacity: 27 },
  ],
  [
    'custom networking',
    { daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })] },
    { ipCapacity: 18, ipAssigned: 18 },
  ],
  [
    'IPv6',
    { ...v6, networkInterfaces: [aNodeEni('i-1', 0, { ipv6Prefixes: ['2001:db8::/80'] })] },
    { mode: 'ipv6', ipCapacity: null, ipAssigned: 1 },
  ],
  [
    'a mixed node',
    { daemonSets: PD, networkInterfaces: [{ ...prefixed, privateIpAddresses: addresses(10, 4) }] },
    { ipCapacity: 3 + 6 * 16 + 288, mixedEnis: ['eni-i-1-0'] },
  ],
  [
    'a node whose own subnet is tagged not to serve pods (1.22.1)',
    {
      subnets: [aSubnet({ tags: { 'kubernetes.io/role/cni': '0' } })],
      daemonSets: [
        { ...awsNode(), containers: awsNode().containers.map((one) => ({ ...one, image: 'amazon-k8s-cni:v1.22.1' })) },
      ],
    },
    { ipCapacity: 18 },
  ],
])('%s', (_, over, evidence) => expect(first(withPods(1, 0, over))?.evidence).toMatchObject(evidence));

test('an IPv6 node without a prefix is a warning, and critical once pods wait', () => {
  const world = { ...v6, networkInterfaces: [aNodeEni('i-1')] };
  expect(first(withPods(0, 0, world))?.verdict).toBe('warning');
  expect(first(withPods(0, 1, world))?.verdict).toBe('critical');
  expect(run(withPods(0, 0, world)).metrics).toEqual([]);
});

const cards = [0, 1].map((networkCardIndex) => ({ networkCardIndex, maximumNetworkInterfaces: 15 }));
const agent = (name: string, container: string) =>
  aDaemonSet({
    name,
    labels: { 'k8s-app': name },
    containers: [{ name: container, image: 'agent:v1.0.0', init: false, env: {}, args: [] }],
  });
test.each<[string, World, 'unknown' | 'not-applicable', string]>([
  ['a type that is not known', { instanceTypes: [] }, 'unknown', 'm5.large'],
  ['a Windows node', { nodes: [aNode({ operatingSystem: 'windows' })] }, 'unknown', 'Windows'],
  [
    'a multi-NIC node',
    { instanceTypes: [anInstanceType({ networkCards: cards })], daemonSets: [awsNode({ ENABLE_MULTI_NIC: 'true' })] },
    'unknown',
    'network cards',
  ],
  ['a node whose interfaces were not seen', { networkInterfaces: [] }, 'unknown', 'no interface of i-1'],
  [
    'a node without an instance',
    { nodes: [(({ instanceId: _gone, ...node }) => node)(aNode())], instances: [] },
    'unknown',
    'without an EC2 instance',
  ],
  [
    'a Fargate node',
    { nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })] },
    'not-applicable',
    'Fargate',
  ],
  ['a hybrid node', { nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'hybrid' } })] }, 'not-applicable', 'hybrid'],
  [
    'an Auto Mode node',
    { nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'auto' } })] },
    'not-applicable',
    'Auto Mode',
  ],
  ['Cilium', { daemonSets: [agent('cilium', 'cilium-agent')] }, 'not-applicable', 'Cilium'],
  ['Calico', { daemonSets: [agent('calico-node', 'calico-node')] }, 'not-applicable', 'Calico'],
  ['Auto Mode as a whole', { daemonSets: [], cluster: aCluster({ autoMode: true }) }, 'not-applicable', 'Auto Mode'],
  ['no CNI at all', { daemonSets: [] }, 'unknown', 'no DaemonSet'],
])('%s is not judged, with the reason', (_, over, verdict, text) => {
  const { findings, metrics } = run(withPods(27, 1, over));
  expect(findings).toMatchObject([{ verdict, summary: expect.stringContaining(text) }]);
  expect(metrics).toEqual([]);
});

test("under Cilium's ENI mode the capacity is Cilium's, and prefix delegation of the VPC CNI no remedy", () => {
  const cniResources = [
    {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNode',
      name: aNode().name,
      labels: {},
      spec: { eni: { 'first-interface-index': 1 } },
      status: { eni: { enis: { 'eni-i-1-1': { number: 1 } } } },
    },
  ];
  expect(first(withPods(18, 1, { daemonSets: [agent('cilium', 'cilium-agent')], cniResources }))).toMatchObject({
    verdict: 'critical',
    remediation: 'advise-instance-types',
    evidence: { ipCapacity: 18, ipAssigned: 18, ipInUse: 18, eniAttached: 3, eniMax: 3 },
  });
});

test('an empty cluster has nothing to judge, and instances are not needed', () => {
  expect(run(withPods(0, 0, { nodes: [], instances: [], networkInterfaces: [] }))).toEqual({ findings: [], metrics: [] });
  expect(first(withPods(27, 1, { instances: DENIED }))?.verdict).toBe('critical');
});
