import type { Subnet } from '#lib/model/ec2.ts';
import type { NodeGroup } from '#lib/network/what-if/groups.ts';
import type { PresentNode } from '#lib/network/what-if/present.ts';

/** Where one new node starts, and as whose copy. */
export interface Seat {
  readonly group: NodeGroup;
  readonly subnet: Subnet;
  /** The member whose labels the node has: of its zone where there is one. */
  readonly template?: PresentNode;
}

/**
 * Seats for new nodes of a group, its zones kept even as an Auto Scaling group keeps them, and in a zone its subnets.
 * Source: Amazon EC2 Auto Scaling User Guide, "Auto Scaling benefits for application architecture" (distribution across zones).
 * @param subnets those that are to be had; the group's own are taken from them
 * @param staying members that stay where they are
 * @returns undefined where the group has no such subnet
 */
export function seatsFor(
  group: NodeGroup,
  count: number,
  subnets: readonly Subnet[],
  staying: readonly PresentNode[],
): readonly Seat[] | undefined {
  const own = subnets.filter(({ subnetId }) => group.subnetIds.includes(subnetId));
  if (own.length === 0) return undefined;
  const inZone = new Map(own.map(({ availabilityZone }) => [availabilityZone, 0]));
  const inSubnet = new Map(own.map(({ subnetId }) => [subnetId, 0]));
  const add = (subnetId: string, zone: string) => {
    if (inZone.has(zone)) inZone.set(zone, (inZone.get(zone) ?? 0) + 1);
    if (inSubnet.has(subnetId)) inSubnet.set(subnetId, (inSubnet.get(subnetId) ?? 0) + 1);
  };
  for (const { subnetId, availabilityZone } of staying) add(subnetId, availabilityZone);
  const seats = new Map(own.map((subnet) => [subnet, seat(group, subnet)]));
  return Array.from({ length: count }, () => {
    const zone = least(inZone);
    const subnet = own
      .filter(({ availabilityZone }) => availabilityZone === zone)
      .reduce((best, next) => ((inSubnet.get(next.subnetId) ?? 0) < (inSubnet.get(best.subnetId) ?? 0) ? next : best));
    add(subnet.subnetId, zone);
    return seats.get(subnet) ?? seat(group, subnet);
  });
}

export function seat(group: NodeGroup, subnet: Subnet): Seat {
  const template = group.members.find(({ availabilityZone }) => availabilityZone === subnet.availabilityZone) ?? group.members[0];
  return { group, subnet, ...(template && { template }) };
}

/** The key with the smallest count, the first by name of several. */
function least(counts: ReadonlyMap<string, number>): string {
  return [...counts].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))[0]?.[0] ?? '';
}
