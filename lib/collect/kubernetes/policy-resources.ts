import { CALICO_GROUPS, listRules, listWhole, type WholeKind } from '#lib/collect/kubernetes/custom-resource.ts';
import { defineCollector } from '#lib/collect/sources.ts';

/**
 * The kinds beside networking.k8s.io that can change whether a pod reaches another.
 * Sources: Cilium documentation, "Network Policy"; Calico documentation, "Resource definitions"; kubernetes-sigs/network-policy-api;
 * Amazon EKS User Guide, "Use network policies with EKS Auto Mode", and amazon-network-policy-controller-k8s pkg/crd/crds.yaml.
 */
const KINDS: readonly WholeKind[] = [
  { groups: ['cilium.io'], resource: 'ciliumnetworkpolicies', kind: 'CiliumNetworkPolicy' },
  { groups: ['cilium.io'], resource: 'ciliumclusterwidenetworkpolicies', kind: 'CiliumClusterwideNetworkPolicy' },
  { groups: CALICO_GROUPS, resource: 'networkpolicies', kind: 'NetworkPolicy' },
  { groups: CALICO_GROUPS, resource: 'globalnetworkpolicies', kind: 'GlobalNetworkPolicy' },
  { groups: CALICO_GROUPS, resource: 'tiers', kind: 'Tier' },
  { groups: ['policy.networking.k8s.io'], resource: 'adminnetworkpolicies', kind: 'AdminNetworkPolicy' },
  { groups: ['policy.networking.k8s.io'], resource: 'baselineadminnetworkpolicies', kind: 'BaselineAdminNetworkPolicy' },
  { groups: ['policy.networking.k8s.io'], resource: 'clusternetworkpolicies', kind: 'ClusterNetworkPolicy' },
  { groups: ['networking.k8s.aws'], resource: 'clusternetworkpolicies', kind: 'ClusterNetworkPolicy' },
  { groups: ['networking.k8s.aws'], resource: 'applicationnetworkpolicies', kind: 'ApplicationNetworkPolicy' },
];

export const policyResources = defineCollector({
  key: 'policyResources',
  needs: ['cluster'],
  permissions: { aws: [], kubernetes: listRules(KINDS) },
  collect: ({ kubernetes }) => listWhole(kubernetes, KINDS),
});
