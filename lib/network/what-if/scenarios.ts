import type { NodePool } from '#lib/model/karpenter.ts';
import { type NodeGroup, nodeGroups } from '#lib/network/what-if/groups.ts';
import { NoAnswer } from '#lib/network/what-if/no-answer.ts';
import { type Seat, seatsFor } from '#lib/network/what-if/placement.ts';
import { seating } from '#lib/network/what-if/seats.ts';
import { surgeNodes } from '#lib/network/what-if/surge.ts';
import type { World } from '#lib/network/what-if/world.ts';

export type ScenarioKind = 'surge' | 'autoscaler-maximum' | 'zone-loss';

/** Nodes that would start beside those that are there, or in the place of a zone's. */
export interface Scenario {
  readonly kind: ScenarioKind;
  /** The group that rolls, the zone that is lost, or `all groups`. */
  readonly subject: string;
  readonly seats: readonly Seat[];
  readonly lostZone?: string;
}

export interface Scenarios {
  readonly scenarios: readonly Scenario[];
  /** What no scenario holds, as clauses. */
  readonly leftOut: readonly string[];
}

/** Each group's rolling update in turn: EKS updates one node group at a time, unless several are told to. */
export function surgeScenarios(world: World, otherPercent: number, groupsAtOnce: boolean): Scenarios {
  const surge = { kind: 'update-config', otherPercent } as const;
  const each = nodeGroups(world).flatMap((group): Scenario[] => {
    const seats = groupSeats(world, group, surgeNodes(group, surge, world.subnets));
    return seats.length === 0 ? [] : [{ kind: 'surge', subject: group.name, seats }];
  });
  const all = { kind: 'surge', subject: 'all groups', seats: each.flatMap(({ seats }) => seats) } as const;
  return { scenarios: groupsAtOnce && each.length > 1 ? [all] : each, leftOut: [] };
}

/**
 * All groups at the size to which their autoscalers may take them.
 * Sources: EKS API Reference, NodegroupScalingConfig (maxSize); Karpenter documentation, NodePools `spec.limits`.
 */
export function maximumScenarios(world: World, nodePools: readonly NodePool[]): Scenarios {
  const pools = new Map(nodePools.map((pool) => [pool.name, pool]));
  const leftOut: string[] = [];
  const groups = nodeGroups(world);
  const empty = nodePools.filter(({ name }) => !groups.some((group) => group.name === name));
  const seats = groups.flatMap((group) => {
    const most = mostNodes(group, pools.get(group.name), world);
    if (typeof most === 'number') return groupSeats(world, group, Math.max(0, most - group.members.length));
    leftOut.push(most);
    return [];
  });
  return {
    scenarios: seats.length === 0 ? [] : [{ kind: 'autoscaler-maximum', subject: 'all groups', seats }],
    leftOut: [...leftOut, ...empty.map(({ name }) => `NodePool ${name} has no node that tells its type`)],
  };
}

/** The loss of each zone in turn: as many nodes start in the others. */
export function zoneLossScenarios(world: World): Scenarios {
  const zones = [...new Set(world.present.map(({ availabilityZone }) => availabilityZone))].toSorted();
  const [only] = zones;
  if (zones.length === 1) return { scenarios: [], leftOut: [`every node is in ${only}, whose loss is the loss of all`] };
  return {
    scenarios: zones.map((lostZone) => {
      const { seats } = seating(world, world.subnets, { loseZone: lostZone });
      return { kind: 'zone-loss', subject: lostZone, seats, lostZone };
    }),
    leftOut: [],
  };
}

/** @throws NoAnswer where the group's subnets were not read */
function groupSeats(world: World, group: NodeGroup, count: number): readonly Seat[] {
  if (count === 0) return [];
  const seats = seatsFor(group, count, world.subnets, group.members);
  if (seats === undefined) throw new NoAnswer('unknown', `the subnets where nodes of ${group.name} start were not read`);
  return seats;
}

/** @returns nodes, or a clause that says why there is no number */
function mostNodes(group: NodeGroup, pool: NodePool | undefined, { types }: World): number | string {
  const type = types.get(group.instanceType ?? '');
  if (type === undefined) return `${group.name} has no node, and its type was not read`;
  if (group.managed !== undefined) return group.managed.scaling?.maxSize ?? `node group ${group.name} does not say its maximum`;
  if (pool === undefined) return `${group.name} are scaled by nothing that is known`;
  const byCount = quantity(pool.limits['nodes']);
  const cpu = quantity(pool.limits['cpu']);
  const byCpu = cpu === undefined ? undefined : Math.floor(cpu / type.vcpus);
  if (byCount === undefined && byCpu === undefined) return `NodePool ${pool.name} has no limit of nodes or cpu`;
  return Math.min(byCount ?? Number.POSITIVE_INFINITY, byCpu ?? Number.POSITIVE_INFINITY);
}

const FACTORS: Readonly<Record<string, number>> = { m: 0.001, '': 1, k: 1000 };

/** A Kubernetes quantity of a countable resource: `1000`, `500m`, `2k`. Source: Kubernetes API Reference, Quantity. */
function quantity(text: string | undefined): number | undefined {
  const [, number, suffix = ''] = text?.match(/^(\d+(?:\.\d+)?)(m|k)?$/) ?? [];
  return number === undefined ? undefined : Number(number) * (FACTORS[suffix] ?? 1);
}
