import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { IpMode } from '#lib/network/node-capacity.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** What decides how many addresses ipamd keeps on a node. */
export type WarmTargets = Pick<VpcCniSettings, 'warmEniTarget' | 'warmPrefixTarget' | 'warmIpTarget' | 'minimumIpTarget'>;

/** What a node's interfaces can hold for pods. */
export interface PoolShape {
  readonly mode: Exclude<IpMode, 'ipv6'>;
  /** Addresses or prefixes of an interface, beside its own address. */
  readonly slots: number;
  /** Interfaces that can carry pods. */
  readonly interfaces: number;
}

/** A node's pool once ipamd has nothing left to do. */
export interface SettledPool {
  /** For pods; their own included. */
  readonly addresses: number;
  /** Interfaces that hold them. */
  readonly interfaces: number;
}

/**
 * The pool on which ipamd settles for so many pods, with addresses to be had and starting from nothing: the address targets where one
 * is set, else whole prefixes or whole interfaces.
 *
 * MINIMUM_IP_TARGET alone leaves the warm target at none: the pool grows to the minimum and never beyond, whatever pods come.
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (datastoreTargetState, isDatastorePoolTooLow).
 */
export function settledPool(pods: number, { mode, slots, interfaces }: PoolShape, targets: WarmTargets): SettledPool {
  const perSlot = mode === 'prefix' ? PREFIX_SIZE : 1;
  const wanted = Math.ceil(wantedAddresses(pods, mode, slots, targets) / perSlot);
  // Without address targets, an interface is filled at once.
  const whole = mode === 'secondary-ip' && !hasAddressTarget(targets) && slots > 0;
  const filled = whole ? Math.ceil(wanted / slots) * slots : wanted;
  const held = Math.min(filled, slots * interfaces);
  return { addresses: held * perSlot, interfaces: slots > 0 ? Math.ceil(held / slots) : 0 };
}

function wantedAddresses(pods: number, mode: PoolShape['mode'], slots: number, targets: WarmTargets): number {
  const { warmIpTarget, minimumIpTarget = 0, warmEniTarget, warmPrefixTarget } = targets;
  if (hasAddressTarget(targets))
    return warmIpTarget === undefined ? minimumIpTarget : Math.max(pods + warmIpTarget, minimumIpTarget);
  const warm = mode === 'prefix' ? PREFIX_SIZE * warmPrefixTarget : slots * warmEniTarget;
  // Even a target of none fetches more once nothing is left.
  return pods + Math.max(1, warm);
}

export function hasAddressTarget({ warmIpTarget, minimumIpTarget }: WarmTargets): boolean {
  return warmIpTarget !== undefined || minimumIpTarget !== undefined;
}
