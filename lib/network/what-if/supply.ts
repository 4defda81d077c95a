import type { NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { countFreePrefixes, type FreePrefixes, PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import { prefixSupply } from '#lib/network/prefix-supply.ts';
import { remember } from '#lib/network/remember.ts';
import { reservationMap, type SubnetOccupancy } from '#lib/network/subnet-occupancy.ts';

/**
 * What a subnet still gives, in counts. EC2 picks single addresses by itself; they are taken to come from outside of whole free
 * blocks for as long as there are some, which is the most that the free blocks can last.
 */
export interface SubnetSupply {
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** Free single addresses outside of whole free /28 blocks and of reservations. */
  readonly loose: number;
  /** Whole free /28 blocks outside of reservations. */
  readonly blocks: number;
  /** Whole free /28 blocks inside prefix reservations: they give prefixes alone. */
  readonly reserved: number;
  /** Whether EC2 delegates prefixes from `blocks` too. */
  readonly delegatesBlocks: boolean;
}

/** Of what cannot be told: the least that a subnet may have left, or the most. */
export type SupplyEnd = 'fewest' | 'most';

/** What a subnet has left at one end of what is known, counted once for all questions; undefined where it has no IPv4 CIDR. */
export const subnetSupply = remember(
  (
    subnet: Subnet,
    interfaces: readonly NetworkInterface[],
    reservations: readonly SubnetCidrReservation[],
    end: SupplyEnd,
  ): SubnetSupply | undefined => {
    const occupancy = occupancyIn(subnet, interfaces);
    if (occupancy === undefined) return undefined;
    const own = reservations.filter(({ subnetId }) => subnetId === subnet.subnetId);
    const counted = countFreePrefixes(occupancy, subnet.availableIpAddressCount, own);
    const singles = Math.max(0, freeOutside(occupancy, own) - counted.unaccounted);
    const blocks = Math.min(
      end === 'fewest' ? counted.freePrefixesAtLeast : counted.freePrefixes,
      Math.floor(singles / PREFIX_SIZE),
    );
    return {
      subnetId: subnet.subnetId,
      availabilityZone: subnet.availabilityZone,
      loose: singles - PREFIX_SIZE * blocks,
      blocks,
      ...fromReservations(counted, end),
    };
  },
);

/** Whether EC2 gives prefixes from outside of a prefix reservation is not documented: the two ends take one answer each. */
function fromReservations(counted: FreePrefixes, end: SupplyEnd): Pick<SubnetSupply, 'reserved' | 'delegatesBlocks'> {
  const { atLeast } = prefixSupply(counted, 'no');
  return end === 'fewest'
    ? { reserved: counted.hasPrefixReservation ? atLeast : 0, delegatesBlocks: !counted.hasPrefixReservation }
    : { reserved: counted.reservedPrefixes, delegatesBlocks: true };
}

/** EC2 assigns nothing from a reservation by count, which is how the VPC CNI asks for single addresses. */
function freeOutside({ block, holders }: SubnetOccupancy, reservations: readonly SubnetCidrReservation[]): number {
  const map = reservations.length > 0 ? reservationMap(block, reservations) : undefined;
  let free = 0;
  for (let offset = 0; offset < holders.length; offset++) if (holders[offset] === 0 && !map?.[offset]) free++;
  return free;
}

/** Single addresses that can still be had by count. */
export function singlesLeft({ loose, blocks }: SubnetSupply): number {
  return loose + PREFIX_SIZE * blocks;
}

/** Prefixes that can still be had. */
export function prefixesLeft({ blocks, reserved, delegatesBlocks }: SubnetSupply): number {
  return reserved + (delegatesBlocks ? blocks : 0);
}

/** @returns what is left once one single address is taken, of a whole block only where none lies loose; undefined where there is none */
export function takeSingle(supply: SubnetSupply): SubnetSupply | undefined {
  if (supply.loose > 0) return { ...supply, loose: supply.loose - 1 };
  return supply.blocks > 0 ? { ...supply, blocks: supply.blocks - 1, loose: PREFIX_SIZE - 1 } : undefined;
}

/** @returns what is left once one prefix is taken, of a reservation first; undefined where there is none */
export function takePrefix(supply: SubnetSupply): SubnetSupply | undefined {
  if (supply.reserved > 0) return { ...supply, reserved: supply.reserved - 1 };
  return supply.delegatesBlocks && supply.blocks > 0 ? { ...supply, blocks: supply.blocks - 1 } : undefined;
}
