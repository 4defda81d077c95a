/**
 * The failures that cniwatch is made to find, each in a world of its own: by which check, with which verdict and which figure. What a
 * check says when all is well, and when it cannot tell, stands in the tests of its area.
 */
import { describe, expect, it } from 'vitest';
import { canarySettings } from '#lib/model/canary-settings.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { agentsUse } from './worlds/agent-memory.ts';
import { calico, calicoAgents, calicoBgp } from './worlds/calico.ts';
import { type CanarySituation, canary, OUTSIDE } from './worlds/canary.ts';
import { ciliumAgents } from './worlds/cilium-agent.ts';
import * as cni from './worlds/cni.ts';
import * as coredns from './worlds/coredns.ts';
import * as filters from './worlds/dns-filters.ts';
import { flannel } from './worlds/flannel.ts';
import * as files from './worlds/node-files.ts';
import { trouble } from './worlds/nodes.ts';
import { shutBetweenNodes } from './worlds/other-cni.ts';
import { awsRefuses, withoutRights } from './worlds/permissions.ts';

interface KnownFailure {
  readonly world: () => World;
  readonly check: string;
  readonly verdict: Verdict;
  /** Stands in the evidence of one finding of that verdict. */
  readonly figure: Readonly<Record<string, unknown>>;
  /** Without opt-in sources where it does not say. */
  readonly how?: HowToAssess;
}

const sandboxFails = (message: string, cause: string): KnownFailure => ({
  world: () => cni.failingWith(message),
  check: 'pod-sandbox-failures',
  verdict: 'critical',
  figure: { cause, podsStanding: 3, nodeCount: 1 },
});
const bgp = (states: readonly string[], verdict: Verdict, figure: KnownFailure['figure']): KnownFailure => ({
  world: () => calicoBgp(...states),
  check: 'calico-bgp',
  verdict,
  figure,
});

/** A canary that fares so. Pods that come at all have the time that a busy machine takes. */
const canarySees = (
  situation: CanarySituation,
  check: string,
  figure: KnownFailure['figure'],
  timeoutSeconds = 20,
): KnownFailure => ({
  world: () => canary(situation),
  check,
  verdict: 'critical',
  figure,
  how: {
    optIn: ['canary'],
    settings: {
      ...DEFAULT_COLLECT_SETTINGS,
      canary: { ...canarySettings.parse({ egress: [OUTSIDE] }), timeoutSeconds },
    },
  },
});

const onNode = (world: () => World, verdict: Verdict, problem: string, figure: KnownFailure['figure'] = {}): KnownFailure => ({
  world,
  check: 'cni-config-files',
  verdict,
  figure: { problems: [problem], ...figure },
  how: { optIn: ['nodeProbes'] },
});

const NOT_READY =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized';

const KNOWN_FAILURES: Readonly<Record<string, readonly KnownFailure[]>> = {
  'pods that cannot get a network': [
    canarySees(
      { server: 'has no network', client: 'has no network' },
      'canary-pod',
      {
        withoutNetwork: 2,
        scope: 'all',
        cause: 'no-free-address',
      },
      2,
    ),
    { world: cni.agentDown, check: 'pods-awaiting-network', verdict: 'critical', figure: { awaiting: 3, nodeCount: 1 } },
    { world: cni.nodesFull, check: 'pods-awaiting-network', verdict: 'critical', figure: { nodeCount: 4 } },
    {
      world: cni.nodesFull,
      check: 'pod-sandbox-failures',
      verdict: 'critical',
      figure: { cause: 'no-free-address', detail: 'node-limit', scope: 'cluster' },
    },
  ],
  'agents down': [
    {
      world: cni.agentDown,
      check: 'cni-agents',
      verdict: 'critical',
      figure: { expectedNodes: 4, failing: 1, podsWaiting: 3, crashReasons: expect.objectContaining({ CrashLoopBackOff: 1 }) },
    },
  ],
  'nodes NotReady': [
    {
      world: () => trouble({ condition: { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: NOT_READY } }),
      check: 'node-readiness',
      verdict: 'critical',
      figure: { ready: 'False', causes: ['cni-not-initialised'] },
    },
  ],
  'a missing binary': [
    sandboxFails('failed to find plugin "aws-cni" in path [/opt/cni/bin]', 'missing-binary'),
    onNode(files.missingBinary, 'critical', 'missing-binary', { missingBinaries: ['aws-cni'] }),
  ],
  'invalid JSON': [onNode(files.invalidJson, 'critical', 'invalid-config', { network: null })],
  'an unreadable configuration': [
    onNode(files.unreadable, 'critical', 'unreadable-config', {
      configFiles: [expect.objectContaining({ name: '10-aws.conflist', mode: '0' })],
    }),
  ],
  'two configurations': [
    onNode(files.twoConfigs, 'warning', 'several-configs', {
      configFiles: [
        expect.objectContaining({ name: '10-aws.conflist' }),
        expect.objectContaining({ name: '87-podman.conflist' }),
      ],
    }),
  ],
  // Judged rightly: they are white space of JSON.
  'Windows line endings': [{ ...onNode(files.windowsLines, 'ok', ''), figure: { problems: [], network: 'aws-cni' } }],
  'a wrong API server address after an upgrade': [
    onNode(() => files.calicoAsks('https://10.0.9.9:443'), 'critical', 'stale-api-server', {
      apiServers: { 'calico-kubeconfig': ['https://10.0.9.9:443'] },
    }),
  ],
  'lost RBAC, and lost IAM permissions': [
    {
      world: () => withoutRights('watch nodes'),
      check: 'cni-permissions',
      verdict: 'critical',
      figure: {
        serviceAccount: 'kube-system/aws-node',
        missing: [expect.objectContaining({ verb: 'watch', resource: 'nodes', without: 'ipamd does not start' })],
      },
      how: { optIn: ['accessReviews'] },
    },
    {
      world: () => awsRefuses('ec2:CreateNetworkInterface'),
      check: 'cni-permissions',
      verdict: 'critical',
      figure: { iamActions: ['ec2:CreateNetworkInterface'], iamEvents: 1 },
    },
  ],
  'the Kubernetes API unreachable': [
    sandboxFails('Get "https://172.20.0.1:443/api/v1/namespaces/shop": dial tcp 172.20.0.1:443: i/o timeout', 'api-unreachable'),
    {
      world: () => ciliumAgents({ says: (at) => (at === 2 ? { kubernetes: { state: 'Failure', msg: 'i/o timeout' } } : {}) }),
      check: 'cilium-agent',
      verdict: 'critical',
      figure: { problemCounts: { 'kubernetes-unreachable': 1 } },
      how: { optIn: ['ciliumAgents'] },
    },
  ],
  'the BPF filesystem not mounted': [
    onNode(() => files.underCilium(false), 'critical', 'bpf-not-mounted', { bpfMounted: false }),
    {
      world: () => ciliumAgents({ bpf: (at) => at !== 1 }),
      check: 'cilium-agent',
      verdict: 'critical',
      figure: { bpfMounted: false, problems: ['bpf-not-mounted'] },
      how: { optIn: ['ciliumAgents'] },
    },
    {
      world: () => ciliumAgents({ ended: (at) => (at === 1 ? 'level=fatal msg="Unable to mount BPF filesystem"' : undefined) }),
      check: 'cilium-agent',
      verdict: 'critical',
      figure: { problems: ['bpf-not-mounted'], lastWords: expect.stringContaining('Unable to mount BPF filesystem') },
      how: { optIn: ['ciliumAgents'] },
    },
  ],
  'pods on two nodes that cannot reach each other': [
    canarySees({ ways: [] }, 'canary-pod-to-pod', { failedPaths: 4 }),
    {
      world: () => ciliumAgents({ probes: (from, to) => (from + to === 1 ? 'no-pods' : 'all') }),
      check: 'cilium-agent',
      verdict: 'critical',
      figure: { problems: ['peers-unreachable'], peers: 3, peersUnreachableCount: 1 },
      how: { optIn: ['ciliumAgents'] },
    },
  ],
  'no route': [
    onNode(files.noRoute, 'critical', 'no-default-route', { defaultRoute: false }),
    canarySees({ routes: 'none' }, 'canary-routes', { routes: [expect.objectContaining({ hasDefault: false, gateway: null })] }),
  ],
  'egress broken': [
    canarySees({ outside: 'silent' }, 'canary-egress', {
      unreachedTargets: 1,
      targets: [expect.objectContaining({ target: OUTSIDE, unreached: [expect.objectContaining({ outcome: 'no-answer' })] })],
    }),
  ],
  'DNS blocked by a policy': [
    canarySees({ resolver: 'silent', coreDns: 'silent' }, 'canary-dns', {
      unansweredNames: ['kubernetes.default.svc.cluster.local'],
      medianMs: null,
    }),
    {
      world: () => filters.policies(filters.denyAll),
      check: 'dns-network-policy',
      verdict: 'critical',
      figure: { protocol: 'udp, tcp', policies: [expect.stringContaining('deny')] },
    },
    {
      world: filters.groupLetsNoDnsOut,
      check: 'dns-security-groups',
      verdict: 'critical',
      figure: { missingRule: expect.objectContaining({ direction: 'egress', protocols: ['udp', 'tcp'], fromPort: 53 }) },
    },
  ],
  'Calico blocks above 80 %': [
    {
      world: () => calico({ group: 'v3', blocks: [64, 64, 64, 20] }),
      check: 'calico-ipam',
      verdict: 'warning',
      figure: { capacity: 256, inUse: 212, usedPercent: 82.8 },
    },
    {
      world: () => calico({ blocks: [0, 0, 0, 0] }),
      check: 'calico-block-fragmentation',
      verdict: 'warning',
      figure: { blocksClaimed: 4, blocksTotal: 4, blocksPercent: 100, freeInBlocks: 256 },
    },
  ],
  'BGP peers Idle, Connect or of a wrong AS': [
    bgp(['Established', 'Idle'], 'warning', {
      notEstablished: 1,
      peersDown: [expect.objectContaining({ state: 'Idle', cause: expect.stringContaining('TCP 179') })],
    }),
    bgp(['Connect'], 'critical', { established: 0, peersDown: [expect.objectContaining({ state: 'Connect' })] }),
    bgp(['OpenSent'], 'critical', {
      established: 0,
      peersDown: [expect.objectContaining({ state: 'OpenSent', cause: expect.stringContaining('AS number') })],
    }),
    {
      world: () => shutBetweenNodes(calicoAgents({ agents: () => ['Connect', 'Connect', 'Connect'] })),
      check: 'calico-bgp',
      verdict: 'critical',
      figure: {
        notEstablished: 3,
        peersDown: expect.arrayContaining([
          expect.objectContaining({ securityGroups: 'shut', cause: 'security groups keep TCP 179 shut' }),
        ]),
      },
      how: { optIn: ['calicoNodeStatus'] },
    },
    {
      world: () =>
        calicoAgents({
          agents: (_, at) =>
            at === 2 ? ['OpenConfirm', 'Established', 'Established'] : ['Established', 'Established', 'Established'],
          peers: ([, , , fourth]) => ({ rack: { spec: { nodeSelector: 'all()', peerIP: fourth, asNumber: 64_513 } } }),
        }),
      check: 'calico-bgp',
      verdict: 'warning',
      figure: {
        notEstablished: 1,
        peersDown: [
          expect.objectContaining({ cause: expect.stringMatching(/rack expects AS 64513 there, and .* has AS 64512/) }),
        ],
      },
      how: { optIn: ['calicoNodeStatus'] },
    },
  ],
  'an IP-in-IP mismatch': [
    {
      world: () =>
        calico({
          pools: {
            pods: { cidr: '10.244.0.0/24', ipipMode: 'Always' },
            more: { cidr: '10.245.0.0/24', vxlanMode: 'Always' },
          },
          blocks: [1],
        }),
      check: 'calico-encapsulation',
      verdict: 'warning',
      figure: { ipipMode: 'Always', disagreesWith: ['more'] },
    },
    {
      world: () =>
        calico({
          pools: { pods: { cidr: '10.244.0.0/24', ipipMode: 'Always' } },
          blocks: [1],
          env: { CALICO_NETWORKING_BACKEND: 'vxlan' },
        }),
      check: 'calico-encapsulation',
      verdict: 'critical',
      figure: { ipipMode: 'Always', backend: 'vxlan' },
    },
    {
      world: () => shutBetweenNodes(calico({ pools: { pods: { cidr: '10.244.0.0/24', ipipMode: 'Always' } }, blocks: [1] })),
      check: 'calico-encapsulation',
      verdict: 'critical',
      figure: { protocol: 'ipip', missingRules: [expect.objectContaining({ direction: 'ingress' })] },
    },
  ],
  'agent memory above 2 GB': [
    {
      world: () => agentsUse(60, { 0: 2200 }),
      check: 'cni-memory',
      verdict: 'warning',
      figure: { measured: 4, highestMebibytes: 2200 },
    },
    { world: cni.agentOutOfMemory, check: 'cni-memory', verdict: 'warning', figure: { outOfMemory: 1 } },
  ],
  'duplicate pod CIDRs': [
    {
      world: () => flannel({ podCidr: (at) => `10.244.${at % 3}.0/24` }),
      check: 'flannel-pod-cidr',
      verdict: 'critical',
      figure: { podCidrs: ['10.244.0.0/24'], sharedWith: [expect.any(String)] },
    },
  ],
  'the VXLAN port shut': [
    {
      world: () => shutBetweenNodes(flannel()),
      check: 'flannel-backend',
      verdict: 'critical',
      figure: { protocol: 'udp', port: 8472 },
    },
    {
      world: () => shutBetweenNodes(calico({ blocks: [1] })),
      check: 'calico-encapsulation',
      verdict: 'critical',
      figure: { protocol: 'udp', port: 4789 },
    },
  ],
  'a kernel too old for the features': [
    {
      world: () => cni.kernel('4.14.355-277.647.amzn2.x86_64'),
      check: 'cni-kernel',
      verdict: 'critical',
      figure: { nodeCount: 4 },
    },
  ],
  'kube-proxy down': [
    { world: cni.noKubeProxy, check: 'kube-proxy', verdict: 'critical', figure: { expectedNodes: 4 } },
    {
      world: cni.kubeProxyMissing,
      check: 'kube-proxy',
      verdict: 'critical',
      figure: { expectedNodes: 4, notReady: 2 },
    },
  ],
  'DNS slow or failing in part': [
    {
      world: () => coredns.counters(coredns.metrics(10_000, 20), coredns.metrics(10_000, 300)),
      check: 'dns-quality',
      verdict: 'warning',
      figure: { responses: 20_000, servfailPercent: 1.6 },
      how: { optIn: ['dnsMetrics'] },
    },
    {
      world: () => coredns.counters(coredns.metrics(10_000, 20), coredns.metrics(10_000, 9_000)),
      check: 'dns-quality',
      verdict: 'critical',
      figure: { servfailPercent: 45.1 },
      how: { optIn: ['dnsMetrics'] },
    },
  ],
};

describe.each(Object.entries(KNOWN_FAILURES))('%s', (_failure, rows) => {
  it.each(rows.map((row, at) => ({ ...row, at: at + 1 })))('is found by $check: $verdict ($at)', async (row) => {
    const { world, check, verdict, figure, how = { optIn: [] } } = row;
    const { findings } = await assessWorld(world(), how);
    const own = findings.filter((finding) => finding.check === check);
    const told = own.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n');
    const found = own.filter((finding) => finding.verdict === verdict).map(({ evidence }) => evidence);
    expect(found, told).toContainEqual(expect.objectContaining(figure));
  });
});
