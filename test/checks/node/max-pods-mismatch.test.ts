import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/max-pods-mismatch.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
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

type World = Parameters<typeof aSnapshot>[0];

const hostPods = [aPod({ name: 'aws-node', hostNetwork: true }), aPod({ name: 'kube-proxy', hostNetwork: true })];
const web = (count: number) => Array.from({ length: count }, (_, at) => aPod({ name: `web-${at}` }));
/** One m5.large node that allows so many pods. */
const allowing = (allocatablePods: number, over: World = {}): World => ({
  subnets: [aSubnet()],
  networkInterfaces: [aNodeEni('i-1')],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  nodes: [aNode({ allocatablePods })],
  nodegroups: [aNodegroup()],
  pods: hostPods,
  daemonSets: [awsNode()],
  ...over,
});
const run = (world: World, options = {}) => runCheck(check, aSnapshot(world), options);
const first = (world: World, options = {}) => run(world, options).findings[0];

const PD = { daemonSets: [awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })] };
const CUSTOM = { daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })] };
const vast = {
  instanceTypes: [anInstanceType({ maximumNetworkInterfaces: 8, ipv4AddressesPerInterface: 30, vcpus: 16 })],
};
test.each<[string, number, World, string, string, number]>([
  ["the AMI's own figure", 29, {}, 'ok', 'matches', 29],
  ['the guidance under prefix delegation', 110, PD, 'ok', 'matches', 110],
  ['custom networking that nobody subtracted', 29, CUSTOM, 'warning', 'over-committed', 20],
  [
    'the same with more pods than addresses',
    29,
    { ...CUSTOM, pods: [...hostPods, ...web(19)] },
    'critical',
    'over-committed',
    20,
  ],
  ['the same with just as many', 29, { ...CUSTOM, pods: [...hostPods, ...web(18)] }, 'warning', 'over-committed', 20],
  ['a node from before prefix delegation', 29, PD, 'warning', 'stale', 110],
  [
    'prefixes that Xen cannot have',
    110,
    { ...PD, instanceTypes: [anInstanceType({ hypervisor: 'xen' })] },
    'warning',
    'over-committed',
    29,
  ],
  ['far fewer than fit', 10, {}, 'warning', 'wasteful', 29],
  ['an uncapped figure', 234, vast, 'warning', 'above-guidance', 234],
])('%s: %i pods', (_, allocatable, over, verdict, verdictReason, expectedMaxPods) => {
  expect(first(allowing(allocatable, over))).toMatchObject({
    verdict,
    evidence: { allocatablePods: allocatable, expectedMaxPods, hostNetworkPods: 2, source: 'managed-node-group', verdictReason },
  });
});

test('what is wasteful and what lies above the guidance are options', () => {
  expect(first(allowing(10), { wastefulRatio: 3 })?.verdict).toBe('ok');
  expect(first(allowing(234, vast), { aboveGuidance: 'ok' })).toMatchObject({
    verdict: 'ok',
    evidence: { verdictReason: 'above-guidance' },
  });
});

test.each<[string, World, string, string]>([
  ['a managed group', {}, 'managed-node-group', 'node group general'],
  [
    'a group with an AMI of its own',
    { nodegroups: [aNodegroup({ amiType: 'CUSTOM' })] },
    'managed-node-group-custom-ami',
    'launch template',
  ],
  ['groups that were not read', { nodegroups: DENIED }, 'unknown', 'node group general'],
  ['Karpenter', { nodes: [aNode({ labels: { 'karpenter.sh/nodepool': 'spot' } })] }, 'karpenter', 'RESERVED_ENIS'],
])('a summary says where to change it: %s', (_, over, source, text) => {
  const finding = first(allowing(29, { ...CUSTOM, ...over }));
  expect(finding?.evidence['source']).toBe(source);
  expect(finding?.summary).toContain(text);
});

test.each<[string, World, 'unknown' | 'not-applicable', string]>([
  ['a type that is not known', { instanceTypes: [] }, 'unknown', 'm5.large'],
  [
    'a node without allocatable pods',
    { nodes: [(({ allocatablePods: _none, ...node }) => node)(aNode())] },
    'unknown',
    'no allocatable pods',
  ],
  ['a Windows node', { nodes: [aNode({ operatingSystem: 'windows' })] }, 'unknown', 'Windows'],
  [
    'Cilium',
    {
      daemonSets: [
        aDaemonSet({
          name: 'cilium',
          labels: { 'k8s-app': 'cilium' },
          containers: [{ name: 'cilium-agent', image: 'c:v1', init: false, env: {}, args: [] }],
        }),
      ],
    },
    'not-applicable',
    'Cilium',
  ],
])('%s is not judged, with the reason', (_, over, verdict, text) =>
  expect(run(allowing(29, over)).findings).toMatchObject([{ verdict, summary: expect.stringContaining(text) }]),
);

const CILIUM = aDaemonSet({
  name: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  containers: [{ name: 'cilium-agent', image: 'c:v1', init: false, env: {}, args: [] }],
});
const ciliumNode = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNode',
  name: aNode().name,
  labels: {},
  spec: { eni: { 'first-interface-index': 1 } },
  status: { eni: { enis: { 'eni-i-1-0': { number: 0 } } } },
};
test("under Cilium's ENI mode max-pods is set against what Cilium takes of the interfaces", () => {
  const finding = first(allowing(29, { daemonSets: [CILIUM], cniResources: [ciliumNode] }));
  expect(finding).toMatchObject({ verdict: 'warning', evidence: { verdictReason: 'over-committed', expectedMaxPods: 20 } });
  expect(finding?.summary).toContain('Cilium leaves 1 interface out');
  expect(first(allowing(20, { daemonSets: [CILIUM], cniResources: [ciliumNode] }))?.verdict).toBe('ok');
  const lost = { ...ciliumNode, name: 'other' };
  expect(first(allowing(29, { daemonSets: [CILIUM], cniResources: [lost] }))?.verdict).toBe('unknown');
  expect(first(allowing(29, { daemonSets: [CILIUM], cniResources: DENIED }))).toMatchObject({
    verdict: 'unknown',
    resource: { kind: 'cluster' },
  });
});

test('the metric counts mismatched nodes once for the cluster', () => {
  const nodes = [29, 110].map((allocatablePods, at) => aNode({ name: `n${at}`, instanceId: `i-${at}`, allocatablePods }));
  const world = allowing(29, {
    ...PD,
    nodes,
    pods: [],
    instances: nodes.map(({ instanceId = '' }) => anInstance({ instanceId })),
    networkInterfaces: nodes.map(({ instanceId = '' }) => aNodeEni(instanceId)),
  });
  expect(run(world).metrics).toEqual([{ name: 'NodesMaxPodsMismatched', value: 1 }]);
  expect(run(allowing(29, { nodes: [] }))).toEqual({ findings: [], metrics: [] });
});
