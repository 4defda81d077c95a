import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { ciliumConfigData } from '#lib/network/cilium/chaining.ts';

/** What of Cilium's ConfigMap tells how pods get their addresses. Undefined where it was not read, or there is none. */
export interface CiliumConfig {
  /** Key `ipam`: cluster-pool, multi-pool, kubernetes, eni, crd, delegated-plugin, ... */
  readonly ipam: string;
  /** Of cluster-pool: the ranges that nodes get theirs from, and the prefix length of a node's. */
  readonly clusterPool: readonly { readonly cidrs: readonly string[]; readonly maskSize: number }[];
}

/** Source: Cilium's Helm chart, templates/cilium-configmap.yaml, with the agent's own defaults. */
export function ciliumConfig(daemonSet: DaemonSet, configMaps: Slices['configMaps']): CiliumConfig | undefined {
  const data = ciliumConfigData(daemonSet, configMaps);
  if (typeof data === 'string') return undefined;
  const pool = (cidrs: string | undefined, maskSize: string | undefined, otherwise: number) =>
    cidrs ? [{ cidrs: cidrs.split(/[\s,]+/).filter(Boolean), maskSize: Number(maskSize ?? otherwise) }] : [];
  return {
    ipam: data['ipam'] || 'cluster-pool',
    clusterPool: [
      ...pool(data['cluster-pool-ipv4-cidr'], data['cluster-pool-ipv4-mask-size'], 24),
      ...(data['enable-ipv6'] === 'true' ? pool(data['cluster-pool-ipv6-cidr'], data['cluster-pool-ipv6-mask-size'], 120) : []),
    ],
  };
}
