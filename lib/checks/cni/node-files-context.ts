import type { ConfigMap, CustomResource, DaemonSet, Node } from '#lib/model/kubernetes.ts';
import { findCnis } from '#lib/network/cni.ts';
import type { ApiServerPlaces } from '#lib/network/cni-config/api-server-address.ts';
import type { NodeFilesContext } from '#lib/network/cni-config/node-files.ts';
import { enforcesPolicies } from '#lib/network/cni-releases/vpc-cni-features.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { replacesKubeProxy } from '#lib/network/kube-proxy.ts';
import { isNetworkNotReady } from '#lib/network/node-network-reasons.ts';

export interface NodeFilesSources {
  readonly daemonSets: readonly DaemonSet[];
  readonly configMaps: readonly ConfigMap[] | undefined;
  readonly cniResources: readonly CustomResource[] | undefined;
  readonly ipFamily: string | undefined;
  readonly apiServer: ApiServerPlaces;
}

/** What the API server tells of a node that its files are to be held against. */
export function nodeFilesContext(node: Node | undefined, sources: NodeFilesSources): NodeFilesContext {
  const { daemonSets, configMaps, cniResources, ipFamily, apiServer } = sources;
  const cnis =
    node === undefined
      ? undefined
      : findCnis(daemonSets).filter(({ daemonSet }) => takesCniAgent(node) && schedulesOn(daemonSet, node));
  const needs = (cnis ?? []).map((cni): readonly [need: string, certain: 'yes' | 'no' | 'unknown'] => {
    if (cni.kind === 'cilium') return ['Cilium', 'yes'];
    if (cni.kind === 'calico') return ["Calico's eBPF mode", replacesKubeProxy([cni], configMaps, cniResources)];
    return ['network policies of the VPC CNI', cni.kind === 'vpc-cni' && enforcesPolicies(cni.daemonSet) ? 'yes' : 'no'];
  });
  const which = (wanted: 'yes' | 'unknown') => needs.flatMap(([need, certain]) => (certain === wanted ? need : []));
  return {
    networkReady: node && networkReady(node),
    agents: cnis?.map(({ kind }) => kind),
    needsBpf: which('yes'),
    mayNeedBpf: which('unknown'),
    ipFamily: ipFamily === 'ipv4' || ipFamily === 'ipv6' ? ipFamily : undefined,
    apiServer,
  };
}

/** Undefined where the node is not ready for another reason, or says nothing. */
function networkReady({ conditions }: Node): boolean | undefined {
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return true;
  return ready?.status === 'False' && isNetworkNotReady(ready.message) ? false : undefined;
}
