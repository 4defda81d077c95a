import type { DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';

/** How a pod comes by its names. */
export type DnsRoute = 'cluster-dns' | 'node-cache' | 'node-cache-itself' | 'none';

export interface DnsClients {
  /** Whether NodeLocal DNSCache is installed. */
  readonly nodeLocal: boolean;
  /** Nodes with a ready agent of NodeLocal DNSCache. */
  readonly cachedNodes: ReadonlySet<string>;
  route(pod: Pod): DnsRoute;
}

const isNodeLocal = (labels: Readonly<Record<string, string>> | undefined): boolean => labels?.['k8s-app'] === 'node-local-dns';

/**
 * Which pods ask CoreDNS themselves. NodeLocal DNSCache answers on its node, also on the Service's own address, and asks CoreDNS
 * from the host network, for names of the cluster over TCP only (`force_tcp`).
 * Sources: kubernetes cluster/addons/dns/nodelocaldns/nodelocaldns.yaml; Kubernetes documentation, "Pod's DNS Policy".
 */
export function dnsClients(pods: readonly Pod[], daemonSets: readonly DaemonSet[]): DnsClients {
  const nodeLocal = daemonSets.some(({ labels, selector }) => isNodeLocal(labels) || isNodeLocal(selector.matchLabels));
  const cachedNodes = new Set<string>();
  for (const pod of nodeLocal ? pods : []) {
    if (pod.hostNetwork && isNodeLocal(pod.labels) && pod.nodeName && isReady(pod)) cachedNodes.add(pod.nodeName);
  }
  return {
    nodeLocal,
    cachedNodes,
    route(pod) {
      if (pod.phase === 'Succeeded' || pod.phase === 'Failed' || pod.podIps.length === 0) return 'none';
      if (nodeLocal && pod.hostNetwork && isNodeLocal(pod.labels)) return 'node-cache-itself';
      // CoreDNS forwards to the VPC's resolver and never asks itself.
      if (pod.namespace === 'kube-system' && pod.labels['k8s-app'] === 'kube-dns') return 'none';
      // With ClusterFirst a host-network pod falls back to the node's resolver.
      if (pod.dnsPolicy === 'Default' || (pod.hostNetwork && pod.dnsPolicy === 'ClusterFirst')) return 'none';
      return cachedNodes.has(pod.nodeName ?? '') ? 'node-cache' : 'cluster-dns';
    },
  };
}

function isReady({ conditions }: Pod): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Auto Mode caches DNS on each of its nodes. Source: Amazon EKS User Guide, "EKS Auto Mode networking". */
export function isAutoModeNode(node: Node | undefined): boolean {
  return node?.labels['eks.amazonaws.com/compute-type'] === 'auto';
}

/** Whether there are nodes of Auto Mode, and no pod elsewhere asks cluster DNS. */
export function nodesAnswer(nodes: readonly Node[], pods: readonly Pod[], daemonSets: readonly DaemonSet[]): boolean {
  const auto = new Set(nodes.filter(isAutoModeNode).map(({ name }) => name));
  const { route } = dnsClients(pods, daemonSets);
  return auto.size > 0 && pods.every((pod) => auto.has(pod.nodeName ?? '') || route(pod) === 'none');
}
