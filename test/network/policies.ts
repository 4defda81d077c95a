/** NetworkPolicies and the agents that enforce them, for tests. */
import type { DaemonSet, NetworkPolicy } from '#lib/model/kubernetes.ts';
import { aDaemonSet, awsNode } from '#test/scenarios/slices.ts';

export type PolicyRule = NetworkPolicy['egress'][number];
export type PolicyPeer = PolicyRule['peers'][number];

/** Selects every pod of `default`; isolates the directions that rules are given of, egress where none are. */
export function aPolicy(over: Partial<NetworkPolicy> = {}): NetworkPolicy {
  const { ingress, egress } = over;
  const given = [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])];
  return {
    namespace: 'default',
    name: 'deny',
    podSelector: {},
    policyTypes: given.length > 0 ? given : ['Egress'],
    ingress: [],
    egress: [],
    ...over,
  };
}

export const rule = (peers: readonly PolicyPeer[] = [], ...ports: PolicyRule['ports']): PolicyRule => ({
  ports,
  peers: [...peers],
});
export const UDP_53 = { protocol: 'UDP', port: 53 };
export const TCP_53 = { protocol: 'TCP', port: 53 };
export const inNamespace = (name: string, podSelector?: PolicyPeer['podSelector']): PolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  ...(podSelector ? { podSelector } : {}),
});
export const block = (cidr: string, ...except: string[]): PolicyPeer => ({ ipBlock: { cidr, except } });
export const KUBE_DNS = inNamespace('kube-system', { matchLabels: { 'k8s-app': 'kube-dns' } });

const container = (name: string, ...args: string[]) => ({ name, image: `${name}:1`, init: false, env: {}, args });

/** aws-node with its network policy agent switched on. */
export function enforcingVpcCni(env: Readonly<Record<string, string>> = {}): DaemonSet {
  const plain = awsNode(env);
  return { ...plain, containers: [...plain.containers, container('aws-eks-nodeagent', '--enable-network-policy=true')] };
}
export const CALICO = aDaemonSet({
  name: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  containers: [container('calico-node')],
});
export const CILIUM = aDaemonSet({ name: 'cilium', labels: { 'k8s-app': 'cilium' }, containers: [container('cilium-agent')] });
