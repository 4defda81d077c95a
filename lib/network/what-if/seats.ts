import type { Subnet } from '#lib/model/ec2.ts';
import { plural } from '#lib/model/plural.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import { type NodeGroup, nodeGroups, shareOut } from '#lib/network/what-if/groups.ts';
import { NoAnswer } from '#lib/network/what-if/no-answer.ts';
import { type Seat, seat, seatsFor } from '#lib/network/what-if/placement.ts';
import { NO_GROUP, type PresentNode } from '#lib/network/what-if/present.ts';
import { surgeNodes } from '#lib/network/what-if/surge.ts';
import type { World } from '#lib/network/what-if/world.ts';

export interface Seating {
  /** Nodes that are left as they are. */
  readonly staying: readonly PresentNode[];
  readonly seats: readonly Seat[];
  /** Of a rolling update: there beside the nodes that they replace. */
  readonly surgeSeats: readonly Seat[];
  /** What can be had from: those of a lost zone are gone. */
  readonly subnets: readonly Subnet[];
}

/**
 * Which nodes stay and where new ones start: a lost zone first, then fewer or more nodes, then their replacement, then the surge.
 * @param subnets of the VPC, the added ones among them
 * @throws NoAnswer where the change cannot be meant so
 */
export function seating(world: World, subnets: readonly Subnet[], change: Change): Seating {
  const groups = groupsOf(world, change);
  const { loseZone, nodes = 0 } = change;
  if (change.surge?.kind === 'update-config' && world.nodegroups === undefined)
    throw new NoAnswer('unknown', 'the node groups were not read, and they say how many nodes an update starts at once');
  if (loseZone !== undefined) requireZone(loseZone, groups, subnets);
  const left = subnets.filter(({ availabilityZone }) => availabilityZone !== loseZone);
  let staying: readonly PresentNode[] = world.present.filter(({ availabilityZone }) => availabilityZone !== loseZone);
  const moved = groups.flatMap((group) => {
    const lost = group.members.filter(({ availabilityZone }) => availabilityZone === loseZone).length;
    return seatsSomewhere(group, lost, groups, left, staying);
  });
  staying = nodes < 0 ? withoutEmptiest(staying, -nodes) : staying;
  const counts = shareOut(
    Math.max(0, nodes),
    groups.map(({ members }) => members.length),
  );
  const added = groups.flatMap((group, index) => seatsSomewhere(group, counts[index] ?? 0, groups, left, staying));
  const replaced = change.replaceNodes ? replacements(staying, groups, left) : [];
  const { surge } = change;
  return {
    staying: change.replaceNodes ? [] : staying,
    seats: [...moved, ...added, ...replaced],
    surgeSeats:
      surge === undefined
        ? []
        : groups.flatMap((group) => seatsSomewhere(group, surgeNodes(group, surge, left), groups, left, staying)),
    subnets: left,
  };
}

/** A cluster with neither nodes nor node groups can still be asked about its first ones, in its own subnets. */
function groupsOf(world: World, { nodes = 0, instanceType }: Change): readonly NodeGroup[] {
  const groups = nodeGroups(world);
  if (groups.length > 0 || nodes <= 0) return groups;
  return [
    { name: NO_GROUP, members: [], subnetIds: world.cluster.subnetIds, ...(instanceType !== undefined && { instanceType }) },
  ];
}

function requireZone(zone: string, groups: readonly NodeGroup[], subnets: readonly Subnet[]): void {
  const used = new Set(groups.flatMap(({ subnetIds }) => subnetIds));
  const zones = new Set(subnets.filter(({ subnetId }) => used.has(subnetId)).map(({ availabilityZone }) => availabilityZone));
  if (!zones.has(zone))
    throw new NoAnswer(
      'impossible',
      `no node of this cluster starts in ${zone}: its zones are ${[...zones].toSorted().join(', ')}`,
    );
  if (zones.size === 1) throw new NoAnswer('impossible', `${zone} is the only zone in which nodes of this cluster start`);
}

/** In the group's own subnets, else in those of the other groups. */
function seatsSomewhere(
  group: NodeGroup,
  count: number,
  groups: readonly NodeGroup[],
  subnets: readonly Subnet[],
  staying: readonly PresentNode[],
): readonly Seat[] {
  if (count === 0) return [];
  const members = staying.filter(({ group: name }) => name === group.name);
  const all = { ...group, subnetIds: groups.flatMap(({ subnetIds }) => subnetIds) };
  const seats = seatsFor(group, count, subnets, members) ?? seatsFor(all, count, subnets, members);
  if (seats === undefined) throw new NoAnswer('unknown', `the subnets where nodes of ${group.name} start were not read`);
  return seats;
}

/** One for each node, in its own subnet. */
function replacements(nodes: readonly PresentNode[], groups: readonly NodeGroup[], subnets: readonly Subnet[]): readonly Seat[] {
  return [...Map.groupBy(nodes, ({ group, subnetId }) => `${group} ${subnetId}`).values()].flatMap((alike) => {
    const { group: name, subnetId } = alike[0] ?? {};
    const group = groups.find((candidate) => candidate.name === name);
    const subnet = subnets.find((candidate) => candidate.subnetId === subnetId);
    if (group === undefined || subnet === undefined)
      throw new NoAnswer('unknown', `the subnet ${subnetId} of a node was not read`);
    return Array<Seat>(alike.length).fill(seat(group, subnet));
  });
}

/** As an autoscaler takes nodes away: those with the fewest pods, and its zones stay even. */
function withoutEmptiest(nodes: readonly PresentNode[], count: number): readonly PresentNode[] {
  if (count > nodes.length)
    throw new NoAnswer('impossible', `the cluster has only ${plural(nodes.length, 'node')} to take away from`);
  const zones = [...Map.groupBy(nodes, ({ availabilityZone }) => availabilityZone).values()].map((zone) =>
    zone.toSorted((a, b) => b.entry.pods.inUse - a.entry.pods.inUse || (a.host.name < b.host.name ? -1 : 1)),
  );
  for (let left = count; left > 0; left--) zones.reduce((most, zone) => (zone.length > most.length ? zone : most)).pop();
  const kept = new Set(zones.flat());
  return nodes.filter((node) => kept.has(node));
}
