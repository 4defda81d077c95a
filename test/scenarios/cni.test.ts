/** The CNI's checks in worlds in which they say this and that: found, read and judged through the real SDK clients. */
import { describe, expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { agentsUse, memoryRefused, nothingMeasured } from './worlds/agent-memory.ts';
import * as cni from './worlds/cni.ts';
import { autoMode } from './worlds/nodes.ts';
import { shop } from './worlds/shop.ts';

/** `says` stands in the evidence of one of the findings. */
type Row = readonly [
  situation: string,
  world: () => World,
  verdict: Verdict,
  says?: Readonly<Record<string, unknown>>,
  how?: HowToAssess,
];

const CASES: Readonly<Record<string, readonly Row[]>> = {
  'pod-sandbox-failures': [
    ['quiet', () => shop(), 'ok'],
    ['an agent is down', cni.agentDown, 'critical', { cause: 'agent-down', scope: 'node' }],
    ['nodes are full', cni.nodesFull, 'critical', { cause: 'no-free-address', detail: 'node-limit', scope: 'cluster' }],
    [
      'a binary is missing',
      () => cni.failingWith('failed to find plugin "aws-cni" in path [/opt/cni/bin]'),
      'critical',
      { cause: 'missing-binary' },
    ],
    [
      'what nobody knows',
      () => cni.failingWith('no such thing'),
      'critical',
      { cause: 'unrecognised', sampleMessage: 'no such thing' },
    ],
    [
      'interfaces denied',
      cni.nodesFull,
      'critical',
      { cause: 'no-free-address', detail: null },
      { denied: ['ec2:DescribeNetworkInterfaces'] },
    ],
    ['events refused', () => cni.refused('events'), 'unknown'],
  ],
  'pods-awaiting-network': [
    ['quiet', () => shop(), 'ok'],
    ['an agent is down', cni.agentDown, 'critical', { nodeCount: 1 }],
    ['nodes are full', cni.nodesFull, 'critical', { nodeCount: 4 }],
    ['pods refused', () => cni.refused('pods'), 'unknown'],
  ],
  'kube-proxy': [
    ['on every node', () => shop(), 'ok'],
    ['on none', cni.noKubeProxy, 'critical'],
    ['gone from two nodes', cni.kubeProxyMissing, 'critical'],
    ['four versions behind', () => cni.kubeProxyOf('v1.29.0-eksbuild.1'), 'warning', { versions: { 'v1.29.0-eksbuild.1': 4 } }],
    ['Auto Mode', autoMode, 'not-applicable'],
    ['DaemonSets refused', () => cni.refused('daemonsets'), 'unknown'],
  ],
  'cni-version': [
    ['as EKS names it', () => shop(), 'ok'],
    ['older than EKS names', () => shop({ cluster: { cniVersion: 'v1.18.2-eksbuild.1' } }), 'warning', { recommended: '1.20.1' }],
    [
      'a setting that it does not know',
      () => shop({ cluster: { cniVersion: 'v1.10.4', cniEnv: { ENABLE_MULTI_NIC: 'true' } } }),
      'warning',
      { missingFeatures: expect.arrayContaining([{ name: 'ENABLE_MULTI_NIC', since: '1.20.0' }]) },
    ],
    ['DaemonSets refused', () => cni.refused('daemonsets'), 'unknown'],
    ['Auto Mode', autoMode, 'not-applicable'],
  ],
  'cni-conflicts': [
    ['the VPC CNI alone', () => shop(), 'ok'],
    ['flannel beside it', () => cni.secondCni('kube-flannel-ds', 'kube-flannel'), 'critical', { nodeCount: 4 }],
    ['Calico for policies beside it', () => cni.secondCni('calico-node', 'calico-node'), 'ok'],
    ['Cilium beside it, whose configuration is not there', () => cni.secondCni('cilium', 'cilium-agent'), 'unknown'],
    ['Auto Mode', autoMode, 'not-applicable'],
  ],
  'cni-memory': [
    ['quiet, without a metrics server', () => shop(), 'ok', { memoryUse: 'no-metrics-server' }],
    ['one agent killed for want of memory', cni.agentOutOfMemory, 'warning', { outOfMemory: 1 }],
    ['agents that use little', () => agentsUse(60), 'ok', { memoryUse: 'measured', measured: 4, highestMebibytes: 60 }],
    ['one agent above 2 GiB', () => agentsUse(60, { 2: 2100 }), 'warning', { highestMebibytes: 2100 }],
    ['all agents above 2 GiB', () => agentsUse(2100), 'critical', { measured: 4 }],
    ['a metrics server that measured no agent', nothingMeasured, 'unknown', { memoryUse: 'measured-in-part', measured: 0 }],
    ['pods of metrics.k8s.io refused', memoryRefused, 'unknown', { memoryUse: 'failed' }],
    ['pods refused', () => cni.refused('pods'), 'unknown'],
    ['Auto Mode', autoMode, 'not-applicable'],
  ],
  'cni-kernel': [
    ['policies on a new kernel', () => cni.kernel('6.1.150-174.273.amzn2023.x86_64'), 'ok'],
    ['policies on an old kernel', () => cni.kernel('4.14.355-277.647.amzn2.x86_64'), 'critical'],
    ['nothing that asks for a kernel', () => shop(), 'not-applicable'],
    ['DaemonSets refused', () => cni.refused('daemonsets'), 'unknown'],
  ],
};

describe.each(Object.entries(CASES))('%s', (id, rows) => {
  it.each(rows.map(([situation, world, verdict, says, how]) => ({ situation, world, verdict, says, how })))(
    '$situation: $verdict',
    async ({ world, verdict, says, how }) => {
      const { findings } = await assessWorld(world(), how);
      const own = findings.filter(({ check }) => check === id);
      expect(own).not.toEqual([]);
      const worst = worstVerdict(own.map((finding) => finding.verdict));
      expect(worst, own.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n')).toBe(verdict);
      if (says !== undefined) expect(own.map(({ evidence }) => evidence)).toContainEqual(expect.objectContaining(says));
    },
  );
});

it('one root explains what follows from it: the agent that is down', async () => {
  const { findings } = await assessWorld(cni.agentDown());
  const critical = findings.filter(({ verdict }) => verdict === 'critical');
  const roots = critical.filter(({ causes }) => causes === undefined);
  expect(roots.map(({ check, resource }) => `${check} ${resource.kind}`)).toEqual(['cni-agents daemonset']);
  expect(critical.map(({ check }) => check)).toEqual(expect.arrayContaining(['pod-sandbox-failures', 'pods-awaiting-network']));
});

it('and nodes that are full, each a root of its own', async () => {
  const { findings } = await assessWorld(cni.nodesFull());
  const roots = findings.filter(({ verdict, causes }) => verdict === 'critical' && causes === undefined);
  expect(new Set(roots.map(({ check }) => check))).toEqual(new Set(['node-ip-capacity']));
});
