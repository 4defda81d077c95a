import type { Subnet } from '#lib/model/ec2.ts';
import { eniNode } from '#lib/network/eni-nodes.ts';
import { podSubnets } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { addedSubnet, eniConfigsFor } from '#lib/network/what-if/added-subnets.ts';
import { assumptionsOf } from '#lib/network/what-if/assumptions.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import { drawsOf } from '#lib/network/what-if/draws.ts';
import { newNodes } from '#lib/network/what-if/new-nodes.ts';
import { type PlannedNode, presentNode } from '#lib/network/what-if/node.ts';
import { podsNeeded } from '#lib/network/what-if/pods-needed.ts';
import type { PresentNode } from '#lib/network/what-if/present.ts';
import { release } from '#lib/network/what-if/release.ts';
import { seating } from '#lib/network/what-if/seats.ts';
import { suppliesAfter } from '#lib/network/what-if/supplies.ts';
import type { SubnetSupply, SupplyEnd } from '#lib/network/what-if/supply.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** A cluster under a change, ready to be filled with pods. */
export interface Plan {
  readonly settings: VpcCniSettings;
  readonly nodes: readonly PlannedNode[];
  /** Pods that have to have an address of the pool. */
  readonly podsNeeded: number;
  /** Subnets that nodes or pods draw from. */
  readonly subnets: readonly Subnet[];
  supplies(end: SupplyEnd): ReadonlyMap<string, SubnetSupply>;
  /** What was taken for granted, a sentence each. */
  readonly assumptions: readonly string[];
}

/**
 * Brings a change over a cluster; the empty change is the cluster as it is.
 * @throws NoAnswer where the change cannot be meant so, or something that it needs is not known
 */
export function plan(world: World, change: Change): Plan {
  const settings = settingsAfter(world.settings, change);
  const added = change.addSubnets ?? [];
  const addedSubnets = added.map((subnet) => addedSubnet(subnet, world.subnets[0]?.vpcId ?? ''));
  const { staying, seats, surgeSeats, subnets } = seating(world, [...world.subnets, ...addedSubnets], change);
  const eniConfigs = world.eniConfigs && eniConfigsFor(world.eniConfigs, world.subnets, added);
  const fresh = newNodes([...seats, ...surgeSeats], world, { settings, subnets, eniConfigs, instanceType: change.instanceType });
  const changesPools = change.prefixDelegation !== undefined || change.warmIpTarget !== undefined;
  const settled = presentNodes(staying, { ...world, settings, subnets }).map((node) =>
    changesPools ? release(node, settings) : { node, released: [] },
  );
  const nodes = [...settled.map(({ node }) => node), ...fresh.nodes];
  const used = new Set(nodes.flatMap(subnetsOf));
  const inUse = subnets.filter((subnet) => used.has(subnet.subnetId) || addedSubnets.includes(subnet));
  const stays = new Set(staying);
  const gone = world.present.filter((node) => !stays.has(node));
  const released = settled.flatMap((node) => node.released);
  return {
    settings,
    nodes,
    podsNeeded: podsNeeded(world, seats.length - gone.length, surgeSeats),
    subnets: inUse,
    supplies: (end) => suppliesAfter(inUse, world, { gone, released, end }),
    assumptions: assumptionsOf(world, change, {
      settings,
      staying: staying.length,
      started: seats.length,
      surge: surgeSeats.length,
      assumedMaxPods: fresh.assumedMaxPods,
    }),
  };
}

/** Interfaces that an earlier setting has put elsewhere are filled up from there. */
function subnetsOf({ subnetId, draws, possibleDraws, interfaces }: PlannedNode): readonly string[] {
  return [subnetId, ...draws, ...possibleDraws, ...interfaces.map((eni) => eni.subnetId)];
}

function settingsAfter(settings: VpcCniSettings, { prefixDelegation, warmIpTarget }: Change): VpcCniSettings {
  const { warmIpTarget: before, ...rest } = settings;
  const target = warmIpTarget ?? before;
  return {
    ...rest,
    ...(prefixDelegation === undefined ? {} : { prefixDelegation }),
    ...(target !== undefined && target > 0 ? { warmIpTarget: target } : {}),
  };
}

/** Nodes that stay, as the settings now have them: what their interfaces hold is theirs, what they take next follows the new mode. */
function presentNodes(staying: readonly PresentNode[], world: World): readonly PlannedNode[] {
  const { ipam, settings, subnets, types, eniConfigs } = world;
  const hosts = staying.map(({ host }) => host);
  const draws = drawsOf(podSubnets({ hosts, subnets, ipam: { ...ipam, settings }, eniConfigs, clusterSubnetIds: [] }), settings);
  const byId = new Map(subnets.map((subnet) => [subnet.subnetId, subnet]));
  return staying.map(({ host, entry, maxPods, group, subnetId, availabilityZone }) => {
    const answer = eniNode(host, settings, types, byId);
    const place = {
      name: host.name,
      group,
      subnetId,
      availabilityZone,
      ...(draws.get(host) ?? { draws: [], possibleDraws: [] }),
    };
    return presentNode(answer.kind === 'judged' ? answer.entry : entry, maxPods, place);
  });
}
