import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { type Headroom, headroom, type LoadedNode } from '#lib/network/what-if/headroom.ts';
import { newNodes } from '#lib/network/what-if/new-nodes.ts';
import { averagePods } from '#lib/network/what-if/pods-needed.ts';
import type { Scenario } from '#lib/network/what-if/scenarios.ts';
import { suppliesAfter } from '#lib/network/what-if/supplies.ts';
import type { SupplyEnd } from '#lib/network/what-if/supply.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** A scenario with what it wants of the scarcest place. */
export interface JudgedScenario {
  readonly scenario: Scenario;
  readonly nodes: number;
  readonly holds: 'yes' | 'no' | 'unknown';
  readonly scarcest: Headroom | undefined;
}

/** Whether the subnets carry a scenario's nodes, each with the pods of an average node of its group and its warm pool. */
export function judgeScenario(scenario: Scenario, world: World, settings: VpcCniSettings = world.settings): JudgedScenario {
  const [fewest, most] = (['fewest', 'most'] as const).map((end) => scarcestAt(scenario, world, settings, end));
  const holds = carries(fewest) ? 'yes' : carries(most) ? 'unknown' : 'no';
  return { scenario, nodes: scenario.seats.length, holds, scarcest: fewest };
}

function carries(scarcest: Headroom | undefined): boolean {
  return scarcest === undefined || scarcest.needed <= scarcest.free;
}

function scarcestAt({ seats, lostZone }: Scenario, world: World, settings: VpcCniSettings, end: SupplyEnd): Headroom | undefined {
  const subnets = world.subnets.filter(({ availabilityZone }) => availabilityZone !== lostZone);
  const { nodes } = newNodes(seats, world, { settings, subnets, eniConfigs: world.eniConfigs, instanceType: undefined });
  const averages = new Map(
    [...Map.groupBy(world.present, ({ group }) => group)].map(([name, members]) => [name, averagePods(members)]),
  );
  const loaded = nodes.flatMap((node): LoadedNode[] => {
    const type = world.types.get(node.instanceType);
    const draws = end === 'most' ? [...node.draws, ...node.possibleDraws] : node.draws;
    const pods = Math.min(averages.get(node.group) ?? 0, node.podLimit);
    return type === undefined ? [] : [{ node: { ...node, draws }, type, pods }];
  });
  const used = new Set(loaded.flatMap(({ node }) => [node.subnetId, ...node.draws]));
  const inUse = subnets.filter(({ subnetId }) => used.has(subnetId));
  return headroom(loaded, settings, suppliesAfter(inUse, world, { gone: [], released: [], end }))[0];
}
