import type { InstanceType, NetworkInterface, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { countFreePrefixes, PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import type { PodNetwork } from '#lib/network/pod-network.ts';
import type { PodSubnet } from '#lib/network/pod-subnets.ts';
import { type OutsideReservation, type PrefixVerdict, prefixSupply, prefixVerdict } from '#lib/network/prefix-supply.ts';
import { averageNode } from '#lib/network/subnet-demand.ts';

/** Whether a subnet of the pods could give new nodes their prefixes. */
export interface PrefixRoom {
  readonly subnetId: string;
  /** Aligned /28 blocks that can surely be had, and those that there may be. */
  readonly freePrefixes: number;
  readonly freePrefixesAtMost: number;
  /** Of two new nodes with as many pods as an average node here has, itself or by a sibling to which the CNI turns. */
  readonly verdict: PrefixVerdict;
}

export interface PrefixRoomSources {
  readonly types: ReadonlyMap<string, InstanceType>;
  readonly interfaces: readonly NetworkInterface[];
  readonly reservations: readonly SubnetCidrReservation[];
  readonly outsideReservation: OutsideReservation;
}

/** The room for prefixes in each subnet from which nodes' pods draw, whether or not prefix delegation is on. */
export function prefixRooms(network: PodNetwork, sources: PrefixRoomSources): readonly PrefixRoom[] {
  const places = network.subnets.filter(({ podHosts }) => podHosts.size > 0);
  const alone = new Map(places.map((place) => [place.subnetId, roomIn(place, network, sources)]));
  return places.map(({ subnetId, siblings, possibleSiblings }) => {
    const room = alone.get(subnetId) ?? unread(subnetId);
    if (room.verdict === 'ok') return room;
    const ok = (other: string) => alone.get(other)?.verdict === 'ok';
    if ([...siblings].some(ok)) return { ...room, verdict: 'ok' };
    return [...possibleSiblings].some(ok) ? { ...room, verdict: 'unknown' } : room;
  });
}

function unread(subnetId: string): PrefixRoom {
  return { subnetId, freePrefixes: 0, freePrefixesAtMost: 0, verdict: 'unknown' };
}

function roomIn(place: PodSubnet, { ipam, settings }: PodNetwork, sources: PrefixRoomSources): PrefixRoom {
  const { subnet, subnetId } = place;
  const occupancy = subnet && occupancyIn(subnet, sources.interfaces);
  if (subnet === undefined || occupancy === undefined) return unread(subnetId);
  const reservations = sources.reservations.filter((reservation) => reservation.subnetId === subnetId);
  const counted = countFreePrefixes(occupancy, subnet.availableIpAddressCount, reservations);
  const supply = prefixSupply(counted, sources.outsideReservation);
  const inBlocks = PREFIX_SIZE * (counted.freePrefixes + counted.reservedPrefixes);
  const loose = Math.max(0, subnet.availableIpAddressCount - inBlocks);
  const demand = averageNode(place, { ipam, settings: { ...settings, prefixDelegation: true }, types: sources.types });
  return {
    subnetId,
    freePrefixes: supply.atLeast,
    freePrefixesAtMost: supply.atMost,
    verdict: prefixVerdict(supply, loose, demand),
  };
}
