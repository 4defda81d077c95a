/** Where the API leaves an answer to the plugin that enforces policies, what this plugin does. */
export interface PolicyEngine {
  /**
   * Whether podSelector and namespaceSelector of a rule match pods on the host network, by their node's address. Absent: unknown.
   * Source: Kubernetes documentation, "Network Policies", "NetworkPolicy and hostNetwork pods".
   */
  readonly selectsHostNetwork?: boolean;
  /** Whether an ipBlock matches addresses of the cluster's own pods and nodes. */
  readonly blocksMatchCluster: boolean;
  /** Whether a named port is resolved at a destination that no selector chose: in rules without peers, or with an ipBlock. */
  readonly namesPortsWithoutSelector: boolean;
}

/** As the API's documentation and its conformance suite have it. */
export const ANY_ENGINE: PolicyEngine = { blocksMatchCluster: true, namesPortsWithoutSelector: true };

/**
 * Sources: amazon-network-policy-controller-k8s pkg/resolvers/endpoints.go (peers become the addresses of all pods that match, those
 * of the host network too; a named port of a CIDR is dropped); Cilium documentation, "Kubernetes NetworkPolicy" and "CIDR-based"
 * (no block matches where both ends are pods or nodes of the cluster; hosts have identities of their own); Calico documentation, "Host endpoints"
 * (only workload endpoints have the labels of pods).
 */
export const POLICY_ENGINES = {
  'vpc-cni': { selectsHostNetwork: true, blocksMatchCluster: true, namesPortsWithoutSelector: false },
  calico: { selectsHostNetwork: false, blocksMatchCluster: true, namesPortsWithoutSelector: true },
  cilium: { selectsHostNetwork: false, blocksMatchCluster: false, namesPortsWithoutSelector: true },
} as const satisfies Readonly<Record<string, PolicyEngine>>;
