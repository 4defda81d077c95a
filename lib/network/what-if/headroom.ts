import type { InstanceType } from '#lib/model/ec2.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { launchDemand, type SubnetDemand } from '#lib/network/launch-demand.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import type { PlannedNode } from '#lib/network/what-if/node.ts';
import { type SubnetSupply, singlesLeft } from '#lib/network/what-if/supply.ts';

/** What new nodes want of a zone, or of one subnet for their own addresses, beside what is there. */
export interface Headroom {
  readonly availabilityZone: string;
  /** Set where nodes' own addresses in this subnet are what is short. */
  readonly subnetId?: string;
  /** Under prefix delegation whole /28 blocks, those that single addresses break among them; otherwise single addresses. */
  readonly unit: 'addresses' | 'prefixes';
  readonly needed: number;
  readonly free: number;
}

/** A new node with the pods that it is to carry. */
export interface LoadedNode {
  readonly node: PlannedNode;
  readonly type: InstanceType;
  readonly pods: number;
}

/** Zone by zone, the scarcest first: what all these nodes take with their pods and warm pools, and what the subnets have. */
export function headroom(
  nodes: readonly LoadedNode[],
  settings: VpcCniSettings,
  supplies: ReadonlyMap<string, SubnetSupply>,
): readonly Headroom[] {
  const zones = Map.groupBy(nodes, ({ node }) => node.availabilityZone);
  const starts = Map.groupBy(nodes, ({ node }) => node.subnetId);
  return [
    ...[...zones].map(([availabilityZone, inZone]) => zoneHeadroom(availabilityZone, inZone, settings, supplies)),
    ...[...starts].map(([subnetId, inSubnet]) => startHeadroom(subnetId, inSubnet, supplies)),
  ].toSorted((a, b) => shortfall(b) - shortfall(a));
}

/** Addresses that are missing; below 0 those that are left over. */
function shortfall({ needed, free, unit }: Headroom): number {
  return (needed - free) * (unit === 'prefixes' ? PREFIX_SIZE : 1);
}

function zoneHeadroom(
  availabilityZone: string,
  nodes: readonly LoadedNode[],
  settings: VpcCniSettings,
  supplies: ReadonlyMap<string, SubnetSupply>,
): Headroom {
  const demands = nodes.map((loaded) => demandOf(loaded, settings));
  const singles = demands.reduce((sum, demand) => sum + demand.singles, 0);
  const prefixes = demands.reduce((sum, demand) => sum + demand.prefixes, 0);
  const ids = new Set(nodes.flatMap(({ node }) => [node.subnetId, ...node.draws]));
  const zone = [...ids].flatMap((id) => supplies.get(id) ?? []);
  const loose = zone.reduce((sum, supply) => sum + supply.loose, 0);
  if (prefixes === 0) {
    return {
      availabilityZone,
      unit: 'addresses',
      needed: singles,
      free: zone.reduce((sum, supply) => sum + singlesLeft(supply), 0),
    };
  }
  const broken = Math.ceil(Math.max(0, singles - loose) / PREFIX_SIZE);
  return { availabilityZone, unit: 'prefixes', needed: prefixes + broken, free: blocksFor(prefixes, broken, zone) };
}

/** Blocks of which these demands can make use: those of prefix reservations give prefixes alone. */
function blocksFor(prefixes: number, broken: number, zone: readonly SubnetSupply[]): number {
  const reserved = zone.reduce((sum, supply) => sum + supply.reserved, 0);
  const blocks = zone.reduce((sum, supply) => sum + supply.blocks, 0);
  const shared = zone.reduce((sum, supply) => sum + (supply.delegatesBlocks ? supply.blocks : 0), 0);
  const forSinglesAlone = Math.min(blocks - shared, broken);
  return Math.min(reserved, prefixes) + shared + forSinglesAlone;
}

/** The node's own address and its pool, from its own subnet or from those that pods draw from. */
function demandOf({ node, type, pods }: LoadedNode, settings: VpcCniSettings): SubnetDemand {
  if (node.interfaces.length > 0) return launchDemand(type, settings, { node: true, pods: true }, pods);
  const pool = launchDemand(type, settings, { node: false, pods: true }, pods);
  return { singles: pool.singles + 1, prefixes: pool.prefixes };
}

function startHeadroom(subnetId: string, nodes: readonly LoadedNode[], supplies: ReadonlyMap<string, SubnetSupply>): Headroom {
  const supply = supplies.get(subnetId);
  return {
    availabilityZone: nodes[0]?.node.availabilityZone ?? '',
    subnetId,
    unit: 'addresses',
    needed: nodes.reduce((sum, { node }) => sum + node.startAddresses, 0),
    free: supply === undefined ? 0 : singlesLeft(supply),
  };
}
