import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { ciliumChaining } from '#lib/network/cilium/chaining.ts';
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
export function ciliumIpam(daemonSets: readonly DaemonSet[], configMaps: Slices['configMaps']): CiliumIpam {
  const running = findCnis(daemonSets).filter(({ daemonSet }) => daemonSet.desired > 0);
  const cilium = running.find(({ kind }) => kind === 'cilium');
  if (cilium === undefined) return { kind: 'absent', reason: 'Cilium does not run here.' };
  const chaining = ciliumChaining(cilium.daemonSet, configMaps);
  if (chaining.kind === 'chained')
    return {
      kind: 'absent',
      reason: `Cilium chains on another CNI here (${chaining.mode}), which gives pods their addresses.`,
    };
  const config = ciliumConfig(cilium.daemonSet, configMaps);
  if (config?.ipam === 'delegated-plugin')
    return { kind: 'absent', reason: 'Cilium leaves addresses to another plugin here (IPAM mode delegated-plugin).' };
  if (chaining.kind === 'unknown' && running.some(({ kind }) => kind === 'vpc-cni'))
    return {
      kind: 'unknown',
      reason: `the VPC CNI runs beside Cilium, and whether Cilium chains on it is not known: ${chaining.reason}`,
    };
  return { kind: 'present', daemonSet: cilium.daemonSet, config };
}
