import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/surge-headroom.ts';
import type { Nodegroup } from '#lib/model/eks.ts';
import type { SliceData } from '#lib/model/snapshot.ts';
import { aSmallCluster, type SmallCluster } from '#test/network/what-if/cluster.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aDaemonSet, aNode, aNodegroup, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type Over = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Options = NonNullable<Parameters<typeof runCheck<'cluster', 'nodePools', typeof check.options>>[2]>;

const group = (over: Partial<Nodegroup> = {}) => [aNodegroup({ subnets: ['subnet-a', 'subnet-b'], maxUnavailable: 1, ...over })];
/** Two zones of two m5.large with 4 pods each, which take 20 addresses a node; the group stays as large as it is. */
const cluster = (small: SmallCluster = {}, over: Over = {}): Over => ({
  ...aSmallCluster(small),
  nodegroups: group({ scaling: { minSize: 4, maxSize: 4, desiredSize: 4 } }),
  ...over,
});
const judge = (world: Over, options: Options = {}) => runCheck(check, aSnapshot(world), options).findings[0];
const only = (...scenarios: ('surge' | 'autoscaler-maximum' | 'zone-loss')[]) => ({ scenarios });

describe('a rolling update of a node group over two zones starts four nodes, two in each', () => {
  // Free in each zone: 211 less what is taken. Two nodes with 4 pods each take 40.
  test.each([
    ['there is room', 171, 'ok', 40],
    ['one address is missing', 172, 'warning', 39],
    ['nothing is free', 211, 'warning', 0],
  ])('%s', (_, taken, verdict, free) => {
    expect(judge(cluster({ taken }), only('surge'))).toMatchObject({
      verdict,
      resource: { kind: 'cluster', name: 'shop-prod' },
      evidence: { scenario: 'surge', subject: 'general', needed: 40, free, unit: 'addresses', limitingZone: 'eu-west-1a' },
    });
  });
  test('or as many as may be unavailable, where that is more', () => {
    const nodegroups = group({ maxUnavailable: 6 });
    expect(judge(cluster({ taken: 171 }, { nodegroups }), only('surge'))).toMatchObject({
      verdict: 'warning',
      evidence: { needed: 60 },
    });
  });
  test('and a share of the nodes that EKS does not manage', () => {
    const nodes = (aSmallCluster().nodes ?? []).map((node) => ({ ...node, labels: { 'karpenter.sh/nodepool': 'default' } }));
    const world = cluster({}, { nodes, nodegroups: [] });
    for (const [surgePercent, started] of [
      [25, 1],
      [50, 2],
      [100, 4],
    ] as const) {
      expect(judge(world, { ...only('surge'), surgePercent })).toMatchObject({ evidence: { scenarios: [{ nodes: started }] } });
    }
  });
  test('group after group, or all at once', () => {
    const nodes = (aSmallCluster().nodes ?? []).map((node, index) => ({
      ...node,
      labels: { ...node.labels, 'eks.amazonaws.com/nodegroup': index % 2 === 0 ? 'general' : 'batch' },
    }));
    const world = cluster({ taken: 171 }, { nodes, nodegroups: [...group(), ...group({ nodegroupName: 'batch' })] });
    expect(judge(world, only('surge'))?.verdict).toBe('ok');
    expect(judge(world, { ...only('surge'), groupsAtOnce: true })).toMatchObject({
      verdict: 'warning',
      evidence: { subject: 'all groups', needed: 80, free: 40 },
    });
  });
});

describe('the maximum of the autoscalers', () => {
  const scaled = (maxSize: number) => ({ nodegroups: group({ scaling: { minSize: 1, maxSize, desiredSize: 4 } }) });
  test.each([
    ['is reached', 4, 'not-applicable'],
    ['fits', 4 + 20, 'ok'],
    ['is one node more than fits', 4 + 21, 'warning'],
  ])('%s at %i', (_, maxSize, verdict) => {
    expect(judge(cluster({}, scaled(maxSize)), only('autoscaler-maximum'))?.verdict).toBe(verdict);
  });
  test.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['its cpu, in nodes of its type', { cpu: '20' }, 6],
    ['its cpu in thousandths', { cpu: '9000m' }, undefined],
    ['its nodes, where these are fewer', { cpu: '1k', nodes: '9' }, 5],
    ['nothing', { memory: '64Gi' }, undefined],
  ])('of a NodePool is limited by %s', (_, limits, nodes) => {
    const labelled = (aSmallCluster().nodes ?? []).map((node) => ({ ...node, labels: { 'karpenter.sh/nodepool': 'default' } }));
    const world = cluster(
      {},
      {
        nodes: labelled,
        nodegroups: [],
        nodePools: [
          { name: 'default', limits },
          { name: 'gpu', limits: { cpu: '9' } },
        ],
      },
    );
    const evidence = judge(world, only('autoscaler-maximum', 'zone-loss'))?.evidence ?? {};
    const scenarios = evidence['scenarios'] as { scenario: string; nodes: number }[];
    expect(scenarios.find(({ scenario }) => scenario === 'autoscaler-maximum')?.nodes).toBe(nodes);
    expect(evidence['leftOut']).toContain('NodePool gpu has no node that tells its type');
    if ('memory' in limits) expect(evidence['leftOut']).toContain('NodePool default has no limit of nodes or cpu');
  });
});

describe('the loss of a zone', () => {
  test.each([
    ['the others carry its nodes', 171, 'ok'],
    ['they do not', 172, 'warning'],
  ])('%s', (_, taken, verdict) => {
    expect(judge(cluster({ taken }), only('zone-loss'))).toMatchObject({
      verdict,
      evidence: { scenario: 'zone-loss', subject: 'eu-west-1a', limitingZone: 'eu-west-1b', needed: 40 },
    });
  });
  test('is no scenario where there is one', () => {
    const { nodes = [], instances = [] } = aSmallCluster();
    const world = cluster({}, { nodes: nodes.slice(0, 2), instances: instances.slice(0, 2) });
    expect(judge(world, only('zone-loss'))).toMatchObject({ verdict: 'not-applicable' });
    expect(judge(world, only('zone-loss', 'surge'))?.evidence['leftOut']).toContain(
      'every node is in eu-west-1a, whose loss is the loss of all',
    );
  });
});

test('under prefix delegation whole blocks count, and single addresses that break them', () => {
  // With nothing loose, each node's own addresses break a block: 12 whole blocks of each zone, 11 of which lie under `taken`.
  const cniEnv = { ENABLE_PREFIX_DELEGATION: 'true' };
  expect(judge(cluster({ cniEnv, maxPods: 110 }), only('surge'))).toMatchObject({
    verdict: 'ok',
    evidence: { unit: 'prefixes', needed: 4, free: 12 },
  });
  expect(judge(cluster({ cniEnv, maxPods: 110, taken: 160 }), only('surge'))).toMatchObject({
    verdict: 'warning',
    evidence: { unit: 'prefixes', needed: 4, free: 2 },
  });
});

test('every scenario is in the evidence, the one that fails with the fewest nodes above them', () => {
  const { evidence, summary, timeToImpact, remediation } = judge(cluster({ taken: 200 })) ?? {};
  expect(evidence).toMatchObject({
    scenario: 'zone-loss',
    subject: 'eu-west-1a',
    scenarios: [
      { scenario: 'surge', subject: 'general', nodes: 4, holds: 'no' },
      { scenario: 'zone-loss', subject: 'eu-west-1a', nodes: 2, holds: 'no' },
      { scenario: 'zone-loss', subject: 'eu-west-1b', nodes: 2, holds: 'no' },
    ],
  });
  expect({ timeToImpact, remediation }).toEqual({ timeToImpact: 'days', remediation: 'add-pod-subnet' });
  expect(summary).toBe(
    'The loss of eu-west-1a starts 2 nodes, which take 40 addresses in eu-west-1b, where 11 are free; 2 more scenarios fail.',
  );
});

test.each([
  [189, 'tune-warm-targets'],
  [200, 'add-pod-subnet'],
])('with %i addresses taken the way out is %s', (taken, remediation) => {
  expect(judge(cluster({ taken }))?.remediation).toBe(remediation);
});

test("nodes' own addresses are short where pods draw from elsewhere", () => {
  const world = cluster({ taken: 210 });
  const pods = ['a', 'b'].map((letter, index) => ({
    ...(world.subnets as SliceData['subnets'])[index],
    subnetId: `pods-${letter}`,
    cidrBlock: `100.64.${index}.0/24`,
    availableIpAddressCount: 251,
    tags: { 'kubernetes.io/role/cni': '1' },
  }));
  const subnets = [...(world.subnets as SliceData['subnets']), ...pods] as SliceData['subnets'];
  expect(judge({ ...world, subnets }, only('surge'))).toMatchObject({
    verdict: 'warning',
    evidence: { needed: 2, free: 1, scenarios: [{ subnetId: 'subnet-a' }] },
    summary: expect.stringContaining('2 addresses in subnet-a (eu-west-1a) to start, where 1 are free'),
  });
});

describe('what is not known is unknown', () => {
  test('NodePools that were not read', () => {
    expect(judge(cluster({}, { nodePools: DENIED }))).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('NodePools were not read'),
    });
    expect(judge(cluster({}, { nodePools: DENIED }), only('surge'))?.verdict).toBe('ok');
  });
  test('a node that cannot be judged', () => {
    const nodes = [...(aSmallCluster().nodes ?? []), aNode({ name: 'win', instanceId: 'i-win', operatingSystem: 'windows' })];
    expect(judge(cluster({}, { nodes }))?.verdict).toBe('unknown');
    expect(judge(cluster({ taken: 200 }, { nodes }))?.verdict).toBe('warning');
  });
  test('addresses that cannot be seen, where the verdict hangs on them', () => {
    const cniEnv = { ENABLE_PREFIX_DELEGATION: 'true' };
    const small = aSmallCluster({ cniEnv, maxPods: 110 });
    const subnets = (small.subnets ?? []).map((subnet) => ({
      ...subnet,
      availableIpAddressCount: subnet.availableIpAddressCount - 9,
    }));
    expect(judge(cluster({ cniEnv, maxPods: 110 }, { subnets }), only('surge'))?.verdict).toBe('unknown');
  });
  test('no CNI', () => expect(judge(cluster({}, { daemonSets: [] }))?.verdict).toBe('unknown'));
});

test.each<[string, Over]>([
  ['EKS Auto Mode', { cluster: aCluster({ autoMode: true }), daemonSets: [] }],
  [
    'another CNI',
    {
      daemonSets: [
        aDaemonSet({
          name: 'cilium',
          labels: { 'k8s-app': 'cilium' },
          containers: [{ name: 'cilium-agent', image: 'cilium:v1.18.0', init: false, env: {}, args: [] }],
        }),
      ],
    },
  ],
  ['a cluster without nodes and groups', { nodes: [], pods: [], instances: [], networkInterfaces: [], nodegroups: [] }],
])('%s is not applicable', (_, over) => expect(judge(cluster({}, over))?.verdict).toBe('not-applicable'));

test('IPv6 nodes need one IPv4 address each', () => {
  expect(judge(cluster({ taken: 209 }, { cluster: aCluster({ ipFamily: 'ipv6' }) }), only('surge'))).toMatchObject({
    verdict: 'ok',
    evidence: { needed: 2, free: 2 },
  });
});
