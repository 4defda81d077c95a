import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/prefix-delegation.ts';
import type { Addon } from '#lib/model/eks.ts';
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
const web = (count: number) => Array.from({ length: count }, (_, at) => aPod({ name: `web-${at}` }));
const anAddon = (configurationValues?: string): Addon => ({
  addonName: 'vpc-cni',
  healthIssues: [],
  ...(configurationValues === undefined ? {} : { configurationValues }),
});
const version = (image: string, env = {}) => ({
  ...awsNode(env),
  containers: awsNode(env).containers.map((one) => ({ ...one, image: `amazon-k8s-cni${image}` })),
});

/** One m5.large node with so many pods on an interface full of single addresses. */
const off = (pods: number, over: World = {}): World => ({
  subnets: [aSubnet({ availableIpAddressCount: 241 })],
  networkInterfaces: [aNodeEni('i-1', 0, { privateIpAddresses: addresses(10, 10) })],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  nodes: [aNode()],
  pods: web(pods),
  daemonSets: [awsNode()],
  ...over,
});
const ON = { ENABLE_PREFIX_DELEGATION: 'true' };
const prefixEni = aNodeEni('i-1', 0, { ipv4Prefixes: ['10.0.0.32/28'] });
/** One m5.large node with a prefix and the max-pods for it. */
const on = (over: World = {}): World =>
  off(5, {
    subnets: [aSubnet({ availableIpAddressCount: 234 })],
    networkInterfaces: [prefixEni],
    nodes: [aNode({ allocatablePods: 110 })],
    daemonSets: [awsNode(ON)],
    ...over,
  });
const run = (world: World, options = {}) => runCheck(check, aSnapshot(world), options);
const first = (world: World, options = {}) => run(world, options).findings[0];
const reasons = (world: World) =>
  (first(world)?.evidence['blockers'] as readonly { reason: string }[] | undefined)?.map(({ reason }) => reason);

const full = { subnets: [aSubnet({ cidrBlock: '10.0.0.0/27', availableIpAddressCount: 17 })] };
const shared = { subnets: [aSubnet({ availableIpAddressCount: 60 })] };
const xen = { instanceTypes: [anInstanceType({ hypervisor: 'xen' })] };
const { hypervisor: _none, ...metal } = anInstanceType({ bareMetal: true });

test.each<[string, World, string, boolean]>([
  ['a busy node', off(19), 'warning', true],
  ['a node just below the threshold', off(18), 'ok', true],
  ['an idle node', off(0), 'ok', true],
  ['a busy node of a type without prefixes', off(19, xen), 'ok', false],
  ['a busy node on bare metal', off(19, { instanceTypes: [metal] }), 'warning', true],
  ['a busy node under CNI 1.8', off(19, { daemonSets: [version(':v1.8.0')] }), 'ok', false],
  ['bare metal under CNI 1.10', off(19, { instanceTypes: [metal], daemonSets: [version(':v1.10.4')] }), 'ok', false],
  ['a busy node under a CNI without a version', off(19, { daemonSets: [version('@sha256:0')] }), 'unknown', true],
  ['an idle node under a CNI without a version', off(3, { daemonSets: [version('@sha256:0')] }), 'ok', true],
  ['a busy node in a subnet without a whole block', off(19, full), 'ok', false],
  ['a busy node in a subnet that others fill unseen', off(19, shared), 'unknown', true],
  ['add-ons that were not read', off(19, { addons: DENIED }), 'unknown', true],
  [
    'a node that states no max-pods',
    off(19, { nodes: [(({ allocatablePods: _none, ...node }) => node)(aNode())] }),
    'warning',
    true,
  ],
  ['no nodes at all', off(0, { nodes: [], pods: [], instances: [], networkInterfaces: [] }), 'ok', false],
])('off, %s: %3$s', (_, world, verdict, eligible) =>
  expect(first(world)).toMatchObject({
    verdict,
    resource: { kind: 'daemonset', id: 'kube-system/aws-node' },
    evidence: { enabled: false, eligible },
  }),
);

test('what it would gain is what the nodes carry with the guidance of max-pods', () => {
  expect(first(off(19))).toMatchObject({
    remediation: 'enable-prefix-delegation',
    evidence: {
      podCapacityNow: 27,
      podCapacityAfter: 108,
      eligibleNodes: 1,
      shortNodes: [aNode().name],
      freePrefixes: { 'subnet-a': 13 },
      cniVersion: 'v1.20.4-eksbuild.1',
      blockers: [],
    },
  });
});

test('what is short, and what is worth it, are options', () => {
  expect(first(off(14), { nodeUsedPercent: 50 })?.verdict).toBe('warning');
  expect(first(off(19), { worthwhileGainPercent: 300 })?.verdict).toBe('warning');
  expect(first(off(19), { worthwhileGainPercent: 301 })?.verdict).toBe('ok');
});

test('a large type that may have more pods than the guidance loses none', () => {
  const large = anInstanceType({ maximumNetworkInterfaces: 15, ipv4AddressesPerInterface: 50, vcpus: 96 });
  expect(first(off(19, { instanceTypes: [large], nodes: [aNode({ allocatablePods: 737 })] }))?.evidence).toMatchObject({
    podCapacityNow: 735,
    podCapacityAfter: 735,
    eligible: false,
  });
});

const both = aNodeEni('i-1', 0, { ipv4Prefixes: ['10.0.0.32/28'], privateIpAddresses: addresses(10, 3) });
const acrossInterfaces = [prefixEni, aNodeEni('i-1', 1, { privateIpAddresses: addresses(10, 3) })];
const singles = aNodeEni('i-1', 0, { privateIpAddresses: addresses(10, 5) });
const stale = { nodes: [aNode({ allocatablePods: 29 })] };
test.each<[string, World, string, readonly string[]]>([
  ['taking effect', on(), 'ok', []],
  ['Xen', on(xen), 'warning', ['non-nitro-nodes']],
  ['the max-pods of single addresses', on(stale), 'warning', ['stale-max-pods']],
  ['one interface with both kinds', on({ networkInterfaces: [both] }), 'warning', ['mixed-nodes']],
  ['two interfaces of one kind each', on({ networkInterfaces: acrossInterfaces }), 'warning', ['mixed-nodes']],
  ['single addresses alone', on({ networkInterfaces: [singles] }), 'warning', ['without-prefixes']],
  ['a CNI that is too old', on({ daemonSets: [version(':v1.7.5', ON)] }), 'warning', ['cni-version']],
  ['a subnet without a whole block', on(full), 'warning', ['no-free-prefixes']],
  ['a CNI without a version', on({ daemonSets: [version('@sha256:0', ON)] }), 'unknown', []],
  ['a node whose interfaces were not seen', on({ networkInterfaces: [] }), 'unknown', []],
])('on, %s: %3$s', (_, world, verdict, blockers) => {
  expect(first(world)?.verdict).toBe(verdict);
  expect(reasons(world) ?? []).toEqual(blockers);
});

test.each<[string, World, string]>([
  ['new nodes for a stale max-pods', on(stale), 'recycle-nodes'],
  ['a reservation where no block is free', on({ ...full, ...stale }), 'reserve-prefix-space'],
  ['new nodes where prefixes were left behind', off(1, { networkInterfaces: [both] }), 'recycle-nodes'],
])('the remediation is %s', (_, world, remediation) => expect(first(world)?.remediation).toBe(remediation));

test('a full subnet is none where a tagged sibling of its zone has room', () => {
  const sibling = aSubnet({ subnetId: 'subnet-b', cidrBlock: '10.0.1.0/24', tags: { 'kubernetes.io/role/cni': '1' } });
  expect(first(on({ subnets: [...full.subnets, sibling] }))?.verdict).toBe('ok');
});

test('where the version does not tell whether the CNI turns to a sibling, it is unknown', () => {
  const sibling = aSubnet({ subnetId: 'subnet-b', cidrBlock: '10.0.1.0/24', tags: { 'kubernetes.io/role/cni': '1' } });
  expect(first(on({ subnets: [...full.subnets, sibling], daemonSets: [version('@sha256:0', ON)] }))).toMatchObject({
    verdict: 'unknown',
    summary: expect.stringContaining('subnet-a'),
  });
});

test('under custom networking, where pods draw from must be known', () => {
  const custom = {
    daemonSets: [awsNode({ ...ON, AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })],
    networkInterfaces: [aNodeEni('i-1')],
    subnets: [aSubnet({ availableIpAddressCount: 250 })],
  };
  expect(first(on({ ...custom, eniConfigs: [{ name: 'default', subnet: 'subnet-a', securityGroups: [] }] }))?.verdict).toBe('ok');
  expect(first(on({ ...custom, eniConfigs: [{ name: 'default', subnet: 'gone', securityGroups: [] }] }))).toMatchObject({
    verdict: 'unknown',
    summary: expect.stringContaining('free in gone cannot be told'),
  });
  expect(first(on({ ...custom, eniConfigs: DENIED }))).toMatchObject({
    verdict: 'unknown',
    summary: expect.stringContaining('ENIConfigs were not read'),
  });
});

test('Windows nodes are named beside the others', () => {
  const windows = aNode({ name: 'win', instanceId: 'i-w', operatingSystem: 'windows' });
  const instances = [anInstance(), anInstance({ instanceId: 'i-w' })];
  const world = on({ nodes: [aNode({ allocatablePods: 110 }), windows], instances });
  expect(reasons(world)).toEqual(['windows-nodes']);
  expect(first(world)?.verdict).toBe('ok');
});

test.each<[string, string | undefined, Record<string, string>, string, readonly string[]]>([
  ['JSON that agrees', '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}', ON, 'ok', []],
  ['YAML that agrees', 'env:\n  ENABLE_PREFIX_DELEGATION: "true"\n', ON, 'ok', []],
  ['YAML with a bare boolean', 'env:\n  ENABLE_PREFIX_DELEGATION: true\n', ON, 'ok', []],
  ['nothing, and edited by hand', undefined, ON, 'warning', ['ENABLE_PREFIX_DELEGATION']],
  ['an empty document, and edited by hand', '', ON, 'warning', ['ENABLE_PREFIX_DELEGATION']],
  ['another section only', '{"resources":{}}', ON, 'warning', ['ENABLE_PREFIX_DELEGATION']],
  [
    'a target that the DaemonSet lacks',
    '{"env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_IP_TARGET":"5"}}',
    ON,
    'warning',
    ['WARM_IP_TARGET'],
  ],
  ['a setting of its own kind', '{"env":{"ENABLE_PREFIX_DELEGATION":"true","MY":"1"}}', { ...ON, MY: '2' }, 'warning', ['MY']],
  ['no document at all', '{"env":', ON, 'unknown', []],
  ['an environment of the wrong shape', '{"env":["A"]}', ON, 'unknown', []],
  ['nothing, as it runs', undefined, {}, 'ok', []],
  ['on, where the DaemonSet is off', '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}', {}, 'warning', ['ENABLE_PREFIX_DELEGATION']],
])("the add-on's configuration holds %s", (_, values, env, verdict, drifted) => {
  const daemonSets = [awsNode(env)];
  const world = 'ENABLE_PREFIX_DELEGATION' in env ? on({ daemonSets }) : off(1, { daemonSets });
  const finding = first({ ...world, addons: [anAddon(values)] });
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.evidence['blockers']).toEqual(
    drifted.length === 0 ? [] : [expect.objectContaining({ reason: 'drift', resources: drifted })],
  );
});

const labelled = (type: string) => on({ nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': type } })] });
const agent = aDaemonSet({
  name: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  containers: [{ name: 'cilium-agent', image: 'agent:v1.0.0', init: false, env: {}, args: [] }],
});
test.each<[string, World, string, string]>([
  ['Fargate nodes alone', labelled('fargate'), 'not-applicable', 'Fargate'],
  ['Auto Mode nodes alone', labelled('auto'), 'not-applicable', 'Auto Mode'],
  ['Auto Mode as a whole', on({ daemonSets: [], cluster: aCluster({ autoMode: true }) }), 'not-applicable', 'Auto Mode'],
  ['IPv6', on({ cluster: aCluster({ ipFamily: 'ipv6' }) }), 'not-applicable', '/80'],
  ['Cilium', on({ daemonSets: [agent] }), 'not-applicable', 'Cilium'],
  ['Windows nodes alone', on({ nodes: [aNode({ operatingSystem: 'windows' })] }), 'unknown', 'Windows'],
  ['no CNI at all', on({ daemonSets: [] }), 'unknown', 'no DaemonSet'],
])('%s: the cluster is %3$s', (_, world, verdict, text) =>
  expect(run(world).findings).toMatchObject([{ verdict, resource: { kind: 'cluster' }, summary: expect.stringContaining(text) }]),
);
