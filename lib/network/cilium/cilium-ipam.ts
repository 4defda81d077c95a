import { asClause } from '#lib/model/failure.ts';
import type { ConfigMap, DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slice } from '#lib/model/slice.ts';
import { type CiliumConfig, ciliumConfig } from '#lib/network/cilium/cilium-config.ts';
import { findCnis } from '#lib/network/cni.ts';

export type CiliumIpam =
  /** Cilium gives no addresses here, and why. */
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** `config` is undefined where it was not read: the fields of the CiliumNodes tell how addresses are given. */
  | { readonly kind: 'present'; readonly daemonSet: DaemonSet; readonly config: CiliumConfig | undefined };

/**
 * Whether Cilium's IPAM gives pods their addresses. Chained on another CNI, as on the VPC CNI, it leaves that to it, and the
 * addresses that its CiliumNodes name mean nothing.
 * Source: Cilium documentation, "CNI Chaining" and "IP Address Management (IPAM)".
 */
export function ciliumIpam(daemonSets: readonly DaemonSet[], configMaps: Slice<readonly ConfigMap[]>): CiliumIpam {
  const running = findCnis(daemonSets).filter(({ daemonSet }) => daemonSet.desired > 0);
  const cilium = running.find(({ kind }) => kind === 'cilium');
  if (cilium === undefined) return { kind: 'absent', reason: 'Cilium does not run here.' };
  const config = ciliumConfig(configMaps);
  if (config?.chaining !== undefined)
    return {
      kind: 'absent',
      reason: `Cilium chains on another CNI here (${config.chaining}), which gives pods their addresses.`,
    };
  if (config?.ipam === 'delegated-plugin')
    return { kind: 'absent', reason: 'Cilium leaves addresses to another plugin here (IPAM mode delegated-plugin).' };
  if (config === undefined && running.some(({ kind }) => kind === 'vpc-cni')) {
    const why = configMaps.ok
      ? (configMaps.data.find(({ name }) => name === 'cilium-config')?.unread ?? 'there is none beside the agent')
      : configMaps.reason;
    return {
      kind: 'unknown',
      reason: `the VPC CNI runs beside Cilium, and whether Cilium chains on it stands in the ConfigMap cilium-config, which was not read: ${asClause(why)}`,
    };
  }
  return { kind: 'present', daemonSet: cilium.daemonSet, config };
}
