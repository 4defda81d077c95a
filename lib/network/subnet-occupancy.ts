import type { NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { type Ipv4Block, parseIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';

/** Bits of a holder beside its interface's number. */
export const PRIMARY = 1 << 28;
export const PREFIX = 1 << 29;
/** Kept by AWS: the subnet's first four addresses and its last. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
export const RESERVED = 1 << 30;
const INTERFACE = PRIMARY - 1;

/** Every address of one subnet and who holds it. */
export interface SubnetOccupancy {
  readonly block: Ipv4Block;
  readonly interfaces: readonly NetworkInterface[];
  /** By offset in the block: 0 where free, RESERVED, or 1 + the index in `interfaces`, with PRIMARY or PREFIX set on top. */
  readonly holders: Uint32Array;
  /** Addresses that EC2 hands out at all. */
  readonly total: number;
  /** Distinct addresses that these interfaces hold. */
  readonly held: number;
  /** How many of them each interface holds beside its primary one, by its index in `interfaces`. */
  readonly heldBeside: Uint32Array;
  /** 1 where an interface holds its primary address, by its index. */
  readonly heldPrimary: Uint8Array;
}

/**
 * Lays the interfaces of a subnet, of any status, over its addresses.
 * @param interfaces those of this subnet
 * @returns undefined where the subnet has no IPv4 CIDR
 */
export function subnetOccupancy(subnet: Subnet, interfaces: readonly NetworkInterface[]): SubnetOccupancy | undefined {
  const block = parseIpv4Block(subnet.cidrBlock);
  if (block === undefined) return undefined;
  const { first, size } = block;
  const holders = new Uint32Array(size);
  for (const offset of [0, 1, 2, 3, size - 1]) if (offset < size) holders[offset] = RESERVED;
  const heldBeside = new Uint32Array(interfaces.length);
  const heldPrimary = new Uint8Array(interfaces.length);
  let held = 0;
  for (const [index, { privateIpAddresses, ipv4Prefixes }] of interfaces.entries()) {
    const primary = holdAddresses(holders, first, privateIpAddresses, 0, 1, (index + 1) | PRIMARY);
    let beside = holdAddresses(holders, first, privateIpAddresses, 1, privateIpAddresses.length, index + 1);
    for (const text of ipv4Prefixes) beside += holdPrefix(holders, first, text, (index + 1) | PREFIX);
    heldPrimary[index] = primary;
    heldBeside[index] = beside;
    held += primary + beside;
  }
  return { block, interfaces, holders, total: Math.max(0, size - 5), held, heldBeside, heldPrimary };
}

/** @returns how many of the addresses `from` up to `end` lie in the subnet and were free */
function holdAddresses(
  holders: Uint32Array,
  first: number,
  addresses: readonly string[],
  from: number,
  end: number,
  holder: number,
): number {
  let taken = 0;
  for (let at = from; at < end; at++) {
    const offset = (parseIpv4(addresses[at] ?? '') ?? -1) - first;
    if (holders[offset] !== 0) continue;
    holders[offset] = holder;
    taken++;
  }
  return taken;
}

function holdPrefix(holders: Uint32Array, first: number, prefix: string, holder: number): number {
  const range = parseIpv4Block(prefix);
  if (range === undefined) return 0;
  const end = Math.min(holders.length, range.first - first + range.size);
  let taken = 0;
  for (let offset = Math.max(0, range.first - first); offset < end; offset++) {
    if (holders[offset] !== 0) continue;
    holders[offset] = holder;
    taken++;
  }
  return taken;
}

/** The index in `interfaces` of who holds an address; negative where nobody does. */
export function holderIndex(holder: number): number {
  return (holder & INTERFACE) - 1;
}

export const EXPLICIT_RESERVATION = 1;
export const PREFIX_RESERVATION = 2;

/** The subnet CIDR reservations over a block, by offset: 0, EXPLICIT_RESERVATION or PREFIX_RESERVATION. */
export function reservationMap(block: Ipv4Block, reservations: readonly SubnetCidrReservation[]): Uint8Array {
  const map = new Uint8Array(block.size);
  for (const { cidr, reservationType } of reservations) {
    const range = parseIpv4Block(cidr);
    if (range === undefined) continue;
    const from = Math.max(0, range.first - block.first);
    const end = Math.min(block.size, range.first - block.first + range.size);
    if (from < end) map.fill(reservationType === 'explicit' ? EXPLICIT_RESERVATION : PREFIX_RESERVATION, from, end);
  }
  return map;
}

/**
 * Addresses that EC2 counts as taken though no interface that was read holds them: interfaces of other accounts in a shared
 * subnet, or a change while reading. Whether EC2 takes the free addresses of reservations off its count is not documented,
 * so a gap of exactly that size is taken for them.
 */
export function unaccountedAddresses(
  { total, held, holders, block }: SubnetOccupancy,
  availableIpAddressCount: number,
  reservations: readonly SubnetCidrReservation[],
): number {
  const gap = total - held - availableIpAddressCount;
  if (gap <= 0) return 0;
  if (reservations.length === 0) return gap;
  const map = reservationMap(block, reservations);
  const free = [0, 0, 0];
  for (let offset = 0; offset < holders.length; offset++) {
    if (holders[offset] === 0) free[map[offset] ?? 0] = (free[map[offset] ?? 0] ?? 0) + 1;
  }
  const [, explicit = 0, prefix = 0] = free;
  return [explicit, prefix, explicit + prefix].includes(gap) ? 0 : gap;
}
