import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { AddressHolder, Attribution } from '#lib/network/address-holders.ts';
import type { AddressSet } from '#lib/network/address-set.ts';
import { holderIndex, PRIMARY, RESERVED, type SubnetOccupancy } from '#lib/network/subnet-occupancy.ts';

export type AddressConsumers = Readonly<Record<AddressHolder, number>> & {
  /**
   * Of this cluster's nodes and without a pod, so not in `thisCluster`; null where pods were not read, `thisCluster` then holds them.
   * Other clusters' warm pools cannot be told from their pods and are in `otherClusters`.
   */
  readonly warmPool: number | null;
};

/** The held addresses of a subnet, by who holds them. */
export interface AddressShares {
  /** They add up to `occupancy.held`. */
  readonly consumers: AddressConsumers;
  /** By the cluster that tags, instances or descriptions name: nodes, pods, warm pool, control plane and leaked ones together. */
  readonly byCluster: Readonly<Record<string, number>>;
  /** By the AWS service that made the interface. */
  readonly byService: Readonly<Record<string, number>>;
}

/**
 * Counts the held addresses of a subnet.
 * @param attributions in the order of `occupancy.interfaces`
 * @param podAddresses every pod's; undefined where pods were not read
 */
export function addressShares(
  occupancy: SubnetOccupancy,
  attributions: readonly Attribution[],
  podAddresses: AddressSet | undefined,
): AddressShares {
  const held = heldByAttribution(occupancy, attributions);
  return {
    consumers: consumers(held, podAddresses && warmAddresses(occupancy, attributions, podAddresses)),
    byCluster: sumsBy(held, ({ cluster }) => cluster),
    byService: sumsBy(held, ({ service }) => service),
  };
}

const UNATTRIBUTED: Attribution = { holder: 'other' };

/** Most interfaces have the attribution of another one, as the same object. */
function heldByAttribution(
  { heldPrimary, heldBeside }: SubnetOccupancy,
  attributions: readonly Attribution[],
): ReadonlyMap<Attribution, number> {
  const held = new Map<Attribution, number>();
  for (let index = 0; index < heldPrimary.length; index++) {
    const attribution = attributions[index] ?? UNATTRIBUTED;
    const addresses = (heldPrimary[index] ?? 0) + (heldBeside[index] ?? 0);
    if (addresses > 0) held.set(attribution, (held.get(attribution) ?? 0) + addresses);
  }
  return held;
}

/** The addresses of this cluster's pools, less those that pods have. */
function warmAddresses(
  { block, holders, interfaces, heldBeside }: SubnetOccupancy,
  attributions: readonly Attribution[],
  podAddresses: AddressSet,
): number {
  const isPool = new Uint8Array(interfaces.length);
  let warm = 0;
  for (let index = 0; index < isPool.length; index++) {
    const eni = interfaces[index];
    if (attributions[index]?.holder !== 'thisCluster' || eni === undefined || !isPodInterface(eni)) continue;
    isPool[index] = 1;
    warm += heldBeside[index] ?? 0;
  }
  for (const address of podAddresses.within(block)) {
    const holder = holders[address - block.first] ?? 0;
    if (!(holder & (PRIMARY | RESERVED)) && isPool[holderIndex(holder)] === 1) warm--;
  }
  return warm;
}

function consumers(held: ReadonlyMap<Attribution, number>, warm: number | undefined): AddressConsumers {
  const counts = {
    thisCluster: 0,
    otherClusters: 0,
    loadBalancers: 0,
    endpoints: 0,
    lambda: 0,
    natGateways: 0,
    controlPlane: 0,
    leaked: 0,
    other: 0,
  };
  for (const [{ holder }, addresses] of held) counts[holder] += addresses;
  const { thisCluster, otherClusters, ...rest } = counts;
  return { thisCluster: thisCluster - (warm ?? 0), otherClusters, warmPool: warm ?? null, ...rest };
}

/** Sums by name, the largest first; nothing of what has none. */
function sumsBy(
  held: ReadonlyMap<Attribution, number>,
  nameOf: (attribution: Attribution) => string | undefined,
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [attribution, addresses] of held) {
    const name = nameOf(attribution);
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + addresses);
  }
  return Object.fromEntries([...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

/** Branches, trunks and what AWS manages hold no pool of addresses. */
function isPodInterface({ interfaceType, requesterManaged }: NetworkInterface): boolean {
  return interfaceType === 'interface' && !requesterManaged;
}
