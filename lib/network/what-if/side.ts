import type { Subnet } from '#lib/model/ec2.ts';
import { type Filled, fill } from '#lib/network/what-if/fill.ts';
import { type FirstLimit, firstLimit, type LimitKind } from '#lib/network/what-if/limit.ts';
import type { PlannedNode } from '#lib/network/what-if/node.ts';
import type { Plan } from '#lib/network/what-if/plan.ts';
import { prefixesLeft, type SubnetSupply, type SupplyEnd, singlesLeft } from '#lib/network/what-if/supply.ts';

/** A subnet before the new nodes and pods, and once the needed pods run. */
export interface SubnetSide {
  readonly subnetId: string;
  /** Tag `Name`. */
  readonly name?: string;
  readonly cidr: string;
  readonly availabilityZone: string;
  /** Single addresses that can be had by count, those of whole free blocks among them. */
  readonly freeAddresses: number;
  /** /28 blocks that can be had. */
  readonly freePrefixes: number;
  readonly freeAddressesLeft: number;
  readonly freePrefixesLeft: number;
}

/** A cluster as it is, or as it would be. Pods are those with an address of their node's pool: none on the host's network, no branches. */
export interface WhatIfSide {
  readonly prefixDelegation: boolean;
  readonly nodes: number;
  /** New nodes for which their subnet has no address. */
  readonly nodesNotStarted: number;
  /** Pods that have to run: those of now, and what the change brings. */
  readonly podsNeeded: number;
  /** The most that can have an address at once: where something cannot be told, the fewest that this can be. */
  readonly podsThatFit: number;
  /** The most that this can be; the same where all can be told. */
  readonly podsThatFitAtMost: number;
  readonly fits: 'yes' | 'no' | 'unknown';
  /** What the first pod runs into that the emptiest node refuses, as pods are added. */
  readonly firstLimit: FirstLimit;
  /** Nodes by what keeps the next pod away from them in the end. */
  readonly limits: Readonly<Record<LimitKind, number>>;
  readonly subnets: readonly SubnetSide[];
  readonly zones: readonly { readonly availabilityZone: string; readonly nodes: number; readonly podsThatFit: number }[];
}

/** Fills a planned cluster with pods, at both ends of what is known of its subnets. */
export function sideOf(plan: Plan): WhatIfSide {
  const supplies = plan.supplies('fewest');
  const fewest = fillAt(plan, 'fewest');
  const most = fillAt(plan, 'most');
  return {
    prefixDelegation: plan.settings.prefixDelegation,
    nodes: plan.nodes.length,
    nodesNotStarted: notStarted(fewest),
    podsNeeded: plan.podsNeeded,
    podsThatFit: Math.min(fewest.pods, most.pods),
    podsThatFitAtMost: Math.max(fewest.pods, most.pods),
    fits: suffices(fewest, plan) ? 'yes' : suffices(most, plan) ? 'unknown' : 'no',
    firstLimit: firstLimit(fewest, plan.subnets),
    limits: limitCounts(fewest),
    subnets: plan.subnets.map((subnet) => subnetSide(subnet, supplies, fewest.suppliesWhenNeeded)),
    zones: zonesOf(fewest),
  };
}

function fillAt({ nodes, settings, podsNeeded, supplies }: Plan, end: SupplyEnd): Filled {
  const drawing = (node: PlannedNode): PlannedNode =>
    end === 'most' && node.possibleDraws.length > 0 ? { ...node, draws: [...node.draws, ...node.possibleDraws] } : node;
  return fill(nodes.map(drawing), supplies(end), settings, podsNeeded);
}

function suffices(filled: Filled, { podsNeeded }: Plan): boolean {
  return notStarted(filled) === 0 && filled.pods >= podsNeeded;
}

function notStarted({ nodes }: Filled): number {
  return nodes.filter(({ started }) => !started).length;
}

function limitCounts({ nodes }: Filled): Readonly<Record<LimitKind, number>> {
  const counts = { 'subnet-addresses': 0, 'subnet-prefixes': 0, 'node-addresses': 0, 'minimum-ip-target': 0, 'max-pods': 0 };
  for (const { limit } of nodes) if (limit) counts[limit.kind]++;
  return counts;
}

function subnetSide(
  { subnetId, cidrBlock, availabilityZone, tags }: Subnet,
  before: ReadonlyMap<string, SubnetSupply>,
  after: ReadonlyMap<string, SubnetSupply>,
): SubnetSide {
  const [free, left] = [before.get(subnetId), after.get(subnetId)];
  return {
    subnetId,
    ...(tags['Name'] && { name: tags['Name'] }),
    cidr: cidrBlock,
    availabilityZone,
    freeAddresses: free ? singlesLeft(free) : 0,
    freePrefixes: free ? prefixesLeft(free) : 0,
    freeAddressesLeft: left ? singlesLeft(left) : 0,
    freePrefixesLeft: left ? prefixesLeft(left) : 0,
  };
}

function zonesOf({ nodes }: Filled): WhatIfSide['zones'] {
  return [...Map.groupBy(nodes, ({ node }) => node.availabilityZone)]
    .map(([availabilityZone, inZone]) => ({
      availabilityZone,
      nodes: inZone.length,
      podsThatFit: inZone.reduce((sum, { pods }) => sum + pods, 0),
    }))
    .toSorted((a, b) => (a.availabilityZone < b.availabilityZone ? -1 : 1));
}
