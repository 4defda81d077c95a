import type { InstanceType } from '#lib/model/ec2.ts';
import { keepsTrunkSlot } from '#lib/network/branch-limits.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { defaultCardInterfaces, ipMode } from '#lib/network/node-capacity.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { settledPool } from '#lib/network/warm-pool.ts';

/** What a node takes from one subnet. */
export interface SubnetDemand {
  /** Single addresses: the interfaces' own, and pods' where no prefixes are delegated. */
  readonly singles: number;
  readonly prefixes: number;
}

/** What the subnet gives a node: its own address, addresses for its pods, or both. */
export interface SubnetRole {
  readonly node: boolean;
  readonly pods: boolean;
}

/** Addresses in all. */
export function demandSize({ singles, prefixes }: SubnetDemand): number {
  return singles + PREFIX_SIZE * prefixes;
}

/**
 * What a node with so many pods takes: with none, its first warm allocation.
 * The targets are WARM_IP_TARGET and MINIMUM_IP_TARGET where set, else whole interfaces (WARM_ENI_TARGET) or prefixes
 * (WARM_PREFIX_TARGET); every new interface takes one address of its own.
 * Source: amazon-vpc-cni-k8s docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md, pkg/ipamd/ipamd.go (isDatastorePoolTooLow).
 */
export function launchDemand(type: InstanceType, settings: VpcCniSettings, role: SubnetRole, pods = 0): SubnetDemand {
  const own = role.node ? 1 : 0;
  const mode = ipMode(type, settings);
  if (!role.pods || mode === 'ipv6') return { singles: own, prefixes: 0 };
  const slots = Math.max(1, type.ipv4AddressesPerInterface - 1);
  const trunk = keepsTrunkSlot(type.instanceType, settings) ? 1 : 0;
  const most = Math.max(
    1,
    Math.min(settings.maxEni ?? Number.POSITIVE_INFINITY, defaultCardInterfaces(type)) - (role.node ? 0 : 1) - trunk,
  );
  const pool = settledPool(pods, { mode, slots, interfaces: most }, settings);
  // The node's own interface carries pods too where both come from this subnet.
  const ownAddresses = Math.max(1, pool.interfaces) + trunk;
  return mode === 'prefix'
    ? { singles: ownAddresses, prefixes: pool.addresses / PREFIX_SIZE }
    : { singles: ownAddresses + pool.addresses, prefixes: 0 };
}
