import type { Subnet } from '#lib/model/ec2.ts';
import { parseIpv4Block } from '#lib/network/ipv4.ts';
import type { NodeDemand } from '#lib/network/subnet-demand.ts';
import { fullness } from '#lib/network/subnet-fullness.ts';

/** A subnet that pods can draw from, and what one more node takes from it. */
export interface ZonePlace {
  readonly subnet: Subnet;
  readonly demand: NodeDemand;
}

/** What the subnets of one zone have together. */
export interface ZoneRoom {
  readonly zone: string;
  readonly free: number;
  /** Addresses that EC2 hands out. */
  readonly total: number;
  readonly usedPercent: number;
  /** Whether none of its subnets takes one more node; unknown where the type is not known and could make the difference. */
  readonly refusesNode: 'yes' | 'no' | 'unknown';
}

/** By zone, in the order of their names; subnets without an IPv4 CIDR are left out. */
export function zoneRooms(places: readonly ZonePlace[], warmEniTarget: number): readonly ZoneRoom[] {
  const sized = places.flatMap(({ subnet, demand }) => {
    const block = parseIpv4Block(subnet.cidrBlock);
    return block === undefined ? [] : [{ subnet, demand, total: Math.max(0, block.size - 5) }];
  });
  const zones = Map.groupBy(sized, ({ subnet }) => subnet.availabilityZone);
  return [...zones].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, there]) => zoneRoom(zone, there, warmEniTarget));
}

function zoneRoom(zone: string, there: readonly (ZonePlace & { total: number })[], warmEniTarget: number): ZoneRoom {
  const free = there.reduce((sum, { subnet }) => sum + subnet.availableIpAddressCount, 0);
  const total = there.reduce((sum, place) => sum + place.total, 0);
  const refusals = there.map(({ subnet, demand, total: size }) =>
    refusal(subnet.availableIpAddressCount, size, demand, warmEniTarget),
  );
  return {
    zone,
    free,
    total,
    usedPercent: total > 0 ? (100 * (total - free)) / total : 100,
    refusesNode: refusals.includes('no') ? 'no' : refusals.includes('unknown') ? 'unknown' : 'yes',
  };
}

/** The share does not matter here. */
const ANY_SHARE = { warningPercent: Number.POSITIVE_INFINITY, criticalPercent: Number.POSITIVE_INFINITY };

function refusal(free: number, total: number, demand: NodeDemand, warmEniTarget: number): ZoneRoom['refusesNode'] {
  const { verdict } = fullness(free, total, demand, warmEniTarget, ANY_SHARE);
  if (verdict === 'unknown') return 'unknown';
  return verdict === 'critical' ? 'yes' : 'no';
}

/** Percent of a zone's addresses that are used. */
export interface SkewThresholds {
  /** From here on a zone is short. */
  readonly shortPercent: number;
  /** Below this it has room. */
  readonly roomPercent: number;
}

export interface ZoneSkew {
  /** Near exhaustion, or without room for one more node. */
  readonly short: readonly ZoneRoom[];
  readonly roomy: readonly ZoneRoom[];
  /** Short if their nodes turn out to be of a demanding type. */
  readonly perhapsShort: readonly ZoneRoom[];
}

export function zoneSkew(rooms: readonly ZoneRoom[], { shortPercent, roomPercent }: SkewThresholds): ZoneSkew {
  const isShort = ({ usedPercent, refusesNode }: ZoneRoom) => usedPercent >= shortPercent || refusesNode === 'yes';
  const others = rooms.filter((room) => !isShort(room));
  return {
    short: rooms.filter(isShort),
    roomy: others.filter(({ usedPercent, refusesNode }) => usedPercent < roomPercent && refusesNode === 'no'),
    perhapsShort: others.filter(({ refusesNode }) => refusesNode === 'unknown'),
  };
}
