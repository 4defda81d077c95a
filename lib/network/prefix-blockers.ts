import type { NetworkInterface, SubnetCidrReservation } from '#lib/model/ec2.ts';
import type { Attribution } from '#lib/network/address-holders.ts';
import { kindUnder, PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { formatIpv4, formatIpv4Block } from '#lib/network/ipv4.ts';
import { holderIndex, PREFIX, PRIMARY, RESERVED, reservationMap, type SubnetOccupancy } from '#lib/network/subnet-occupancy.ts';

/**
 * What has to happen before an address leaves, the cheapest first: delete an interface that the CNI left detached, unassign a
 * secondary address once its pod has gone, wait for the CNI to attach or delete one that it has just made, delete an interface that a
 * node still uses, replace the node. `not-ours` is another cluster's or service's.
 */
export const RELEASES = ['delete-detached', 'unassign', 'await-cni', 'delete-interface', 'replace-node', 'not-ours'] as const;
export type Release = (typeof RELEASES)[number];
const COSTS = Object.fromEntries(RELEASES.map((release, cost) => [release, cost])) as Readonly<Record<Release, number>>;

/** One interface's addresses in a block that would be free without them. */
export interface PrefixBlocker {
  readonly block: string;
  readonly eniId: string;
  readonly ips: readonly string[];
  readonly release: Release;
}

/**
 * The /28 blocks that are cheapest to free, cheapest first; a block held by several interfaces gives one entry each.
 * A block costs what its most stubborn address costs, then the number of its addresses. Blocks that are delegated to an interface in
 * use, that AWS's own addresses break, or that a reservation keeps cannot be had and are left out.
 */
export function prefixBlockers(
  occupancy: SubnetOccupancy,
  {
    reservations,
    attributions,
    clusterName,
    limit,
  }: {
    readonly reservations: readonly SubnetCidrReservation[];
    /** In the order of `occupancy.interfaces`. */
    readonly attributions: readonly Attribution[];
    readonly clusterName: string;
    readonly limit: number;
  },
): readonly PrefixBlocker[] {
  const { block, holders, interfaces } = occupancy;
  const map = reservations.length > 0 ? reservationMap(block, reservations) : undefined;
  const costs = releaseCosts(interfaces, attributions, clusterName);
  const candidates = new Float64Array(Math.floor(block.size / PREFIX_SIZE));
  let count = 0;
  for (let at = 0; at < candidates.length; at++) {
    const from = at * PREFIX_SIZE;
    if (map !== undefined && kindUnder(map, from) === 0) continue;
    const cost = blockCost(holders, from, costs);
    if (cost !== undefined) candidates[count++] = cost * 2 ** 28 + at;
  }
  const cheapest = candidates.subarray(0, count).sort().subarray(0, limit);
  return Array.from(cheapest).flatMap((key) => blockersOf(occupancy, (key % 2 ** 28) * PREFIX_SIZE, costs));
}

/** What each interface's addresses cost, by the place of their release in RELEASES: its primary one at 2i, the others at 2i + 1. */
function releaseCosts(
  interfaces: readonly NetworkInterface[],
  attributions: readonly Attribution[],
  clusterName: string,
): Uint8Array {
  const costs = new Uint8Array(2 * interfaces.length);
  for (const [index, eni] of interfaces.entries()) {
    const [primary, secondary] = releases(eni, attributions[index] ?? { holder: 'other' }, clusterName);
    costs[2 * index] = COSTS[primary];
    costs[2 * index + 1] = COSTS[secondary];
  }
  return costs;
}

/** What releases the primary address of an interface, and what its secondary ones. */
function releases(eni: NetworkInterface, { holder, cluster }: Attribution, clusterName: string): readonly [Release, Release] {
  // Without a cluster's name it cannot be told whose a detached interface was, yet nobody uses it.
  const someoneElses = cluster !== undefined && cluster !== clusterName;
  if (holder === 'leaked' && !someoneElses) return ['delete-detached', 'delete-detached'];
  const madeByCni = eni.description.startsWith('aws-K8S-');
  if (madeByCni && eni.status === 'available' && !someoneElses && holder !== 'otherClusters') return ['await-cni', 'await-cni'];
  if (holder !== 'thisCluster') return ['not-ours', 'not-ours'];
  // The resource controller deletes a branch after its pod.
  if (eni.interfaceType === 'branch') return ['unassign', 'unassign'];
  if (eni.attachment === undefined) return ['not-ours', 'not-ours'];
  if (madeByCni) return ['delete-interface', 'unassign'];
  return ['replace-node', eni.attachment.deviceIndex === 0 ? 'unassign' : 'replace-node'];
}

/** @returns what the block costs: the worst release times 32, plus its addresses; undefined where it is free or cannot be had */
function blockCost(holders: Uint32Array, from: number, costs: Uint8Array): number | undefined {
  let worst = 0;
  let addresses = 0;
  for (let offset = from; offset < from + PREFIX_SIZE; offset++) {
    const holder = holders[offset] ?? 0;
    if (holder === 0) continue;
    if (holder & RESERVED) return undefined;
    const cost = releaseCost(holder, costs);
    if (holder & PREFIX && cost > 0) return undefined;
    if (cost > worst) worst = cost;
    addresses++;
  }
  return addresses === 0 ? undefined : worst * 32 + addresses;
}

function releaseCost(holder: number, costs: Uint8Array): number {
  return costs[2 * holderIndex(holder) + (holder & PRIMARY ? 0 : 1)] ?? RELEASES.length - 1;
}

function blockersOf({ block, holders, interfaces }: SubnetOccupancy, from: number, costs: Uint8Array): readonly PrefixBlocker[] {
  const text = formatIpv4Block({ first: block.first + from, size: PREFIX_SIZE });
  const blockers = new Map<number, { ips: string[]; worst: number }>();
  for (let offset = from; offset < from + PREFIX_SIZE; offset++) {
    const holder = holders[offset] ?? 0;
    if (holder === 0) continue;
    const entry = blockers.get(holderIndex(holder)) ?? { ips: [], worst: 0 };
    entry.ips.push(formatIpv4(block.first + offset));
    entry.worst = Math.max(entry.worst, releaseCost(holder, costs));
    blockers.set(holderIndex(holder), entry);
  }
  return [...blockers].map(([index, { ips, worst }]) => ({
    block: text,
    eniId: interfaces[index]?.networkInterfaceId ?? '',
    ips,
    release: RELEASES[worst] ?? 'not-ours',
  }));
}
