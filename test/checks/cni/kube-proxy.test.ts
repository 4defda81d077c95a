import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/kube-proxy.ts';
import type { ConfigMap, DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aDaemonSet, aNode, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const nodes = (count: number, over: Partial<Node> = {}): Node[] =>
  Array.from({ length: count }, (_, at) => aNode({ ...over, name: `n${at + 1}` }));
const image = (tag: string) => `eks/kube-proxy:${tag}`;
const FITTING = 'v1.33.5-minimal-eksbuild.2';

const daemonSet = (over: Partial<DaemonSet> = {}): DaemonSet =>
  aDaemonSet({
    name: 'kube-proxy',
    containers: [{ name: 'kube-proxy', image: image(FITTING), init: false, env: {}, args: [] }],
    ...over,
  });
const proxy = (nodeName: string, tag = FITTING, ready = true): Pod =>
  aPod({
    namespace: 'kube-system',
    name: `kube-proxy-${nodeName}`,
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    nodeName,
    hostNetwork: true,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containers: [{ name: 'kube-proxy', image: image(tag), init: false, ready, restartCount: 0, ports: [] }],
  });
const proxies = (from: number, to: number, tag = FITTING) =>
  Array.from({ length: to - from + 1 }, (_, at) => proxy(`n${from + at}`, tag));

const healthy = (over: Given = {}): Given => ({
  nodes: nodes(20),
  pods: proxies(1, 20),
  daemonSets: [awsNode(), daemonSet({ desired: 20, ready: 20 })],
  ...over,
});
const cilium = aDaemonSet({
  name: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  containers: [{ name: 'cilium-agent', image: 'cilium:v1.18.1', init: false, env: {}, args: [] }],
});
const calico = aDaemonSet({
  name: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  containers: [{ name: 'calico-node', image: 'node:v3.31.0', init: false, env: {}, args: [] }],
});
const configMap = (name: string, data: Record<string, string>): ConfigMap => ({
  namespace: 'kube-system',
  name,
  data,
  omitted: [],
});
const felix = (bpfEnabled: boolean) => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'FelixConfiguration',
  name: 'default',
  labels: {},
  spec: { bpfEnabled },
});
const judge = (given: Given) => runCheck(check, aSnapshot(given)).findings;

describe('the verdict', () => {
  test.each<[string, Given, Verdict]>([
    ['on every node, of the cluster’s version', healthy(), 'ok'],
    ['missing on one of twenty', healthy({ pods: proxies(2, 20) }), 'warning'],
    ['not ready on one of twenty', healthy({ pods: [...proxies(2, 20), proxy('n1', FITTING, false)] }), 'warning'],
    ['missing on two of twenty', healthy({ pods: proxies(3, 20) }), 'critical'],
    ['missing on the only node', healthy({ nodes: nodes(1), pods: [] }), 'critical'],
    ['three minor versions behind', healthy({ pods: proxies(1, 20, 'v1.30.9') }), 'ok'],
    ['four minor versions behind', healthy({ pods: proxies(1, 20, 'v1.29.9') }), 'warning'],
    ['newer than Kubernetes', healthy({ pods: [...proxies(1, 19), proxy('n20', 'v1.34.0')] }), 'warning'],
    ['far from its kubelet', healthy({ nodes: nodes(20, { kubeletVersion: 'v1.29.1' }) }), 'warning'],
    ['an image that tells no version', healthy({ pods: [...proxies(1, 19), proxy('n20', 'stable')] }), 'unknown'],
    ['the cluster was not read', healthy({ cluster: DENIED }), 'unknown'],
    ['the cluster was not read, and it is down', healthy({ cluster: DENIED, pods: [] }), 'critical'],
    ['none at all', healthy({ daemonSets: [awsNode()] }), 'critical'],
    ['none, and no node', { nodes: [] }, 'not-applicable'],
    ['none, and Auto Mode', { nodes: nodes(2, { labels: { 'eks.amazonaws.com/compute-type': 'auto' } }) }, 'not-applicable'],
    [
      'none, and Cilium does its work',
      healthy({ daemonSets: [cilium], configMaps: [configMap('cilium-config', { 'kube-proxy-replacement': 'true' })] }),
      'not-applicable',
    ],
    [
      'none, and Cilium does not',
      healthy({ daemonSets: [cilium], configMaps: [configMap('cilium-config', { 'kube-proxy-replacement': 'false' })] }),
      'critical',
    ],
    ['none, and Cilium’s configuration was not read', healthy({ daemonSets: [cilium], configMaps: DENIED }), 'unknown'],
    ['none, and Calico in eBPF mode', healthy({ daemonSets: [calico], cniResources: [felix(true)] }), 'not-applicable'],
    ['none, and Calico with iptables', healthy({ daemonSets: [calico], cniResources: [felix(false)] }), 'critical'],
    ['none, and Calico’s resources were not read', healthy({ daemonSets: [calico], cniResources: DENIED }), 'unknown'],
  ])('%s: %s', (_situation, given, verdict) => {
    expect(judge(given).map((finding) => finding.verdict)).toEqual([verdict]);
  });
});

test('it names the nodes, the versions and what was wrong', () => {
  const pods = [...proxies(3, 19), proxy('n20', 'v1.29.0')];
  const [finding] = judge(healthy({ pods, cluster: aCluster({ version: '1.33' }) }));
  expect(finding?.evidence).toMatchObject({
    expectedNodes: 20,
    nodes: ['n1', 'n2'],
    skewedNodes: ['n20'],
    versions: { [FITTING]: 17, 'v1.29.0': 1 },
    clusterVersion: '1.33',
  });
  expect(finding?.remediation).toBe('restart-kube-proxy');
});

test.each<[string, string[], ConfigMap[] | typeof DENIED, string | null]>([
  ['a flag', ['--proxy-mode=ipvs'], [], 'ipvs'],
  [
    'EKS’s ConfigMap',
    [],
    [configMap('kube-proxy-config', { config: 'kind: KubeProxyConfiguration\nmode: "nftables"\n' })],
    'nftables',
  ],
  ['an empty mode', [], [configMap('kube-proxy-config', { config: 'mode: ""\n' })], 'iptables'],
  ['neither', [], [], null],
  ['not read', [], DENIED, null],
])('the mode by %s', (_from, args, configMaps, mode) => {
  const containers = [{ name: 'kube-proxy', image: image(FITTING), init: false, env: {}, args }];
  const [finding] = judge(healthy({ configMaps, daemonSets: [awsNode(), daemonSet({ containers, desired: 20, ready: 20 })] }));
  expect(finding?.evidence['mode']).toBe(mode);
});
