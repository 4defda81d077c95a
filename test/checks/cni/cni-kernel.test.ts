import { expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-kernel.ts';
import type { DaemonSet, Node } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aDaemonSet, aNode, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const linux = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const nodes = (...kernels: (string | undefined)[]): Node[] =>
  kernels.map((kernelVersion, at) =>
    aNode({ name: `n${at + 1}`, labels: linux, ...(kernelVersion !== undefined && { kernelVersion }) }),
  );
const container = (name: string, image: string, args: string[] = []) => ({ name, image, init: false, env: {}, args });
const policies = (on: boolean): DaemonSet => {
  const plain = awsNode();
  const nodeAgent = container('aws-eks-nodeagent', 'agent:1', [`--enable-network-policy=${on}`]);
  return { ...plain, containers: [...plain.containers, nodeAgent] };
};
const cilium = (version: string) =>
  aDaemonSet({ name: 'cilium', labels: { 'k8s-app': 'cilium' }, containers: [container('cilium-agent', `cilium:${version}`)] });
const calico = aDaemonSet({
  name: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  containers: [container('calico-node', 'node:v3.31.0')],
});
const felix = (bpfEnabled: boolean) => [
  { apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', name: 'default', labels: {}, spec: { bpfEnabled } },
];
const nftables = aDaemonSet({
  name: 'kube-proxy',
  containers: [container('kube-proxy', 'kube-proxy:v1.33.1', ['--proxy-mode=nftables'])],
});

const AL2 = '4.14.355-277.647.amzn2.x86_64';
const AL2_NEW = '5.10.242-239.961.amzn2.x86_64';
const AL2023 = '6.1.150-174.273.amzn2023.x86_64';
const RHEL8 = '4.18.0-553.el8_10.x86_64';

test.each<[string, Given, Verdict]>([
  ['policies, and new kernels', { nodes: nodes(AL2023, AL2_NEW), daemonSets: [policies(true)] }, 'ok'],
  ['policies, and an old one among them', { nodes: nodes(AL2023, AL2), daemonSets: [policies(true)] }, 'critical'],
  ['policies are off', { nodes: nodes(AL2), daemonSets: [policies(false)] }, 'not-applicable'],
  ['policies, and a kernel that is not stated', { nodes: nodes(AL2023, undefined), daemonSets: [policies(true)] }, 'unknown'],
  ['policies, and a kernel with later features', { nodes: nodes(RHEL8), daemonSets: [policies(true)] }, 'unknown'],
  ['Cilium 1.18 on 5.4', { nodes: nodes('5.4.0-1100-aws'), daemonSets: [cilium('v1.18.1')] }, 'critical'],
  ['Cilium 1.16 on 5.4', { nodes: nodes('5.4.0-1100-aws'), daemonSets: [cilium('v1.16.3')] }, 'ok'],
  ['Cilium 1.14 on 4.19.60', { nodes: nodes('4.19.60'), daemonSets: [cilium('v1.14.0')] }, 'ok'],
  ['Cilium of an unknown version', { nodes: nodes('5.4.0'), daemonSets: [cilium('stable')] }, 'unknown'],
  ['Calico in eBPF mode', { nodes: nodes(AL2), daemonSets: [calico], cniResources: felix(true) }, 'critical'],
  ['Calico with iptables', { nodes: nodes(AL2), daemonSets: [calico], cniResources: felix(false) }, 'not-applicable'],
  ['Calico, and its resources were not read', { nodes: nodes(AL2), daemonSets: [calico], cniResources: DENIED }, 'unknown'],
  ['kube-proxy with nftables on 5.10', { nodes: nodes(AL2_NEW), daemonSets: [nftables] }, 'critical'],
  ['nothing', { nodes: nodes(AL2) }, 'not-applicable'],
])('%s: %s', (_situation, given, verdict) => {
  expect(runCheck(check, aSnapshot(given)).findings.map((finding) => finding.verdict)).toEqual([verdict]);
});

test('an option sets another least kernel', () => {
  const given = { nodes: nodes('5.4.0'), daemonSets: [cilium('v1.18.1')] };
  expect(runCheck(check, aSnapshot(given), { least: { 'kube-system/cilium': '5.4' } }).findings[0]?.verdict).toBe('ok');
});

test('it names the old ones', () => {
  const { evidence } = runCheck(check, aSnapshot({ nodes: nodes(AL2023, AL2), daemonSets: [policies(true)] })).findings[0] ?? {};
  expect(evidence).toMatchObject({ nodes: ['n2'], nodeCount: 1, least: '5.10', kernels: { [AL2]: 1, [AL2023]: 1 } });
});
