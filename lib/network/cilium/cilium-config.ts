import type { ConfigMap } from '#lib/model/kubernetes.ts';
import type { Slice } from '#lib/model/slice.ts';

/** What of Cilium's ConfigMap decides who gives pods their addresses. Undefined where it was not read, or there is none. */
export interface CiliumConfig {
  /** Key `ipam`: cluster-pool, multi-pool, kubernetes, eni, crd, delegated-plugin, ... */
  readonly ipam: string;
  /** Key `cni-chaining-mode` where it is set: the CNI that Cilium chains on gives the addresses. */
  readonly chaining?: string;
  /** Of cluster-pool: the ranges that nodes get theirs from, and the prefix length of a node's. */
  readonly clusterPool: readonly { readonly cidrs: readonly string[]; readonly maskSize: number }[];
}

/** Source: Cilium's Helm chart, templates/cilium-configmap.yaml, with the agent's own defaults. */
export function ciliumConfig(configMaps: Slice<readonly ConfigMap[]>): CiliumConfig | undefined {
  const data = configMaps.ok ? configMaps.data.find(({ name }) => name === 'cilium-config')?.data : undefined;
  if (data === undefined) return undefined;
  const chaining = data['cni-chaining-mode'] ?? 'none';
  const pool = (cidrs: string | undefined, maskSize: string | undefined, otherwise: number) =>
    cidrs ? [{ cidrs: cidrs.split(/[\s,]+/).filter(Boolean), maskSize: Number(maskSize ?? otherwise) }] : [];
  return {
    ipam: data['ipam'] || 'cluster-pool',
    ...(chaining !== 'none' && chaining !== '' && { chaining }),
    clusterPool: [
      ...pool(data['cluster-pool-ipv4-cidr'], data['cluster-pool-ipv4-mask-size'], 24),
      ...(data['enable-ipv6'] === 'true' ? pool(data['cluster-pool-ipv6-cidr'], data['cluster-pool-ipv6-mask-size'], 120) : []),
    ],
  };
}
