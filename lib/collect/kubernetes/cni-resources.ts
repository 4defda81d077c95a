import { CALICO_GROUPS, listRules, listWhole, type WholeKind } from '#lib/collect/kubernetes/custom-resource.ts';
import { defineCollector } from '#lib/collect/sources.ts';

/** The kinds that the checks of Cilium and Calico read. */
const KINDS: readonly WholeKind[] = [
  { groups: ['cilium.io'], resource: 'ciliumnodes', kind: 'CiliumNode' },
  { groups: ['cilium.io'], resource: 'ciliumpodippools', kind: 'CiliumPodIPPool' },
  { groups: CALICO_GROUPS, resource: 'ippools', kind: 'IPPool' },
  { groups: CALICO_GROUPS, resource: 'ipamblocks', kind: 'IPAMBlock' },
  { groups: CALICO_GROUPS, resource: 'blockaffinities', kind: 'BlockAffinity' },
  { groups: CALICO_GROUPS, resource: 'ipreservations', kind: 'IPReservation' },
  // One object under two names, by the group that serves it.
  { groups: ['crd.projectcalico.org'], resource: 'ipamconfigs', kind: 'IPAMConfig' },
  { groups: ['projectcalico.org'], resource: 'ipamconfigurations', kind: 'IPAMConfiguration' },
  { groups: CALICO_GROUPS, resource: 'caliconodestatuses', kind: 'CalicoNodeStatus' },
  { groups: CALICO_GROUPS, resource: 'bgppeers', kind: 'BGPPeer' },
  { groups: CALICO_GROUPS, resource: 'bgpconfigurations', kind: 'BGPConfiguration' },
  { groups: CALICO_GROUPS, resource: 'felixconfigurations', kind: 'FelixConfiguration' },
];

export const cniResources = defineCollector({
  key: 'cniResources',
  needs: ['cluster'],
  permissions: { aws: [], kubernetes: listRules(KINDS) },
  collect: ({ kubernetes }) => listWhole(kubernetes, KINDS),
});
