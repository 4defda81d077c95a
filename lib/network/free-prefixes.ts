import type { SubnetCidrReservation } from '#lib/model/ec2.ts';
import {
  EXPLICIT_RESERVATION,
  PREFIX_RESERVATION,
  reservationMap,
  type SubnetOccupancy,
  unaccountedAddresses,
} from '#lib/network/subnet-occupancy.ts';

/** Addresses of the prefixes that EC2 delegates to interfaces. */
export const PREFIX_SIZE = 16;

export interface FreePrefixes {
  /** Aligned /28 blocks free of addresses and reservations: no more than these, fewer where interfaces cannot be seen. */
  readonly freePrefixes: number;
  /** The fewest that there can be, each address unaccounted for breaking one. */
  readonly freePrefixesAtLeast: number;
  /** Free blocks inside prefix reservations, which EC2 keeps for prefixes. */
  readonly reservedPrefixes: number;
  readonly reservedPrefixesAtLeast: number;
  /** What an empty subnet of this size offers: AWS's own addresses always break the first and the last block. */
  readonly maxPrefixes: number;
  /** 0 where every free address lies in a free block, 1 where none does. */
  readonly fragmentationIndex: number;
  readonly unaccounted: number;
  /** Whether the subnet has a prefix reservation at all. */
  readonly hasPrefixReservation: boolean;
}

/**
 * Counts the /28 blocks that EC2 could delegate.
 * Explicit reservations are left out: EC2 assigns nothing from them by count, and that is how the VPC CNI asks.
 * Source: Amazon VPC User Guide, "Subnet CIDR reservations"; amazon-vpc-cni-k8s docs/prefix-and-ip-target.md.
 */
export function countFreePrefixes(
  occupancy: SubnetOccupancy,
  availableIpAddressCount: number,
  reservations: readonly SubnetCidrReservation[],
): FreePrefixes {
  const kinds = freeBlockKinds(occupancy, reservations);
  let free = 0;
  let reserved = 0;
  for (const kind of kinds) {
    if (kind === FREE) free++;
    else if (kind === FREE_RESERVED) reserved++;
  }
  const unaccounted = unaccountedAddresses(occupancy, availableIpAddressCount, reservations);
  const atMost = unaccounted === 0 ? free : Math.min(free, Math.floor(availableIpAddressCount / PREFIX_SIZE));
  const inBlocks = PREFIX_SIZE * (atMost + reserved);
  return {
    freePrefixes: atMost,
    freePrefixesAtLeast: Math.max(0, free - unaccounted),
    reservedPrefixes: reserved,
    reservedPrefixesAtLeast: Math.max(0, reserved - unaccounted),
    maxPrefixes: Math.max(0, Math.floor(occupancy.block.size / PREFIX_SIZE) - 2),
    fragmentationIndex: availableIpAddressCount > 0 ? Math.max(0, 1 - inBlocks / availableIpAddressCount) : 0,
    unaccounted,
    hasPrefixReservation: reservations.some(({ reservationType }) => reservationType === 'prefix'),
  };
}

export const FREE = 1;
export const FREE_RESERVED = 2;

function freeBlockKinds({ block, holders }: SubnetOccupancy, reservations: readonly SubnetCidrReservation[]): Uint8Array {
  const map = reservations.length > 0 ? reservationMap(block, reservations) : undefined;
  const kinds = new Uint8Array(Math.floor(block.size / PREFIX_SIZE));
  for (let at = 0; at < kinds.length; at++) {
    const from = at * PREFIX_SIZE;
    if (isFree(holders, from)) kinds[at] = map === undefined ? FREE : kindUnder(map, from);
  }
  return kinds;
}

function isFree(holders: Uint32Array, from: number): boolean {
  for (let offset = from; offset < from + PREFIX_SIZE; offset++) if (holders[offset] !== 0) return false;
  return true;
}

/** Whether a block could be delegated if it were free; one of which only a part is reserved is nobody's to give. */
export function kindUnder(map: Uint8Array, from: number): number {
  const reserved = map.subarray(from, from + PREFIX_SIZE);
  if (reserved.includes(EXPLICIT_RESERVATION)) return 0;
  if (!reserved.includes(PREFIX_RESERVATION)) return FREE;
  return reserved.includes(0) ? 0 : FREE_RESERVED;
}
