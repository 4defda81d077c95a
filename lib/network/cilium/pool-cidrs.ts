import { type AddressRange, formatRange, parseRange, rangeContains } from '#lib/network/address-range.ts';
import type { CiliumConfig } from '#lib/network/cilium/cilium-config.ts';
import type { CiliumNode, CiliumPodIpPool } from '#lib/network/cilium/cilium-nodes.ts';

/** The node CIDRs that a pool of one family divides into, and those that nodes have. */
export interface PoolCidrs {
  readonly pool: string;
  readonly family: 4 | 6;
  readonly cidrs: readonly string[];
  readonly maskSize: number;
  readonly total: number;
  readonly allocated: number;
}

export interface CountedCidrs {
  readonly pools: readonly PoolCidrs[];
  /** Pools that do not divide into CIDRs of their mask size. */
  readonly malformed: readonly string[];
}

/** Of IPAM mode multi-pool: one entry for each family of each CiliumPodIPPool. */
export function podIpPoolCidrs(pools: readonly CiliumPodIpPool[], nodes: readonly CiliumNode[]): CountedCidrs {
  const allocated = Map.groupBy(
    nodes.flatMap(({ spec }) => spec.ipam.pools.allocated),
    ({ pool }) => pool,
  );
  return split(
    pools.flatMap(({ name, spec }) => {
      const held = (allocated.get(name) ?? []).flatMap(({ cidrs }) => cidrs);
      const unclear = `CiliumPodIPPool ${name}: its ranges do not divide into CIDRs of its maskSize`;
      return [spec.ipv4, spec.ipv6].flatMap((of) => (of ? (countCidrs(name, of.cidrs, of.maskSize, held) ?? unclear) : []));
    }),
  );
}

/** Of IPAM mode cluster-pool, from Cilium's configuration. */
export function clusterPoolCidrs({ clusterPool }: CiliumConfig, nodes: readonly CiliumNode[]): CountedCidrs {
  const held = nodes.flatMap(({ spec }) => spec.ipam.podCIDRs);
  return split(
    clusterPool.map(({ cidrs, maskSize }) => {
      const ranges = cidrs.flatMap((cidr) => parseRange(cidr) ?? []);
      const counted = ranges.length === cidrs.length ? countCidrs('cluster-pool', ranges, maskSize, held) : undefined;
      return counted ?? `ConfigMap cilium-config: ${cidrs.join(' ')} does not divide into CIDRs of /${maskSize}`;
    }),
  );
}

function split(counted: readonly (PoolCidrs | string)[]): CountedCidrs {
  return {
    pools: counted.filter((one) => typeof one !== 'string'),
    malformed: counted.filter((one) => typeof one === 'string'),
  };
}

/** @returns undefined where the pool is no whole number of node CIDRs, or of two families */
function countCidrs(
  pool: string,
  ranges: readonly AddressRange[],
  maskSize: number,
  held: readonly AddressRange[],
): PoolCidrs | undefined {
  const [first] = ranges;
  if (first === undefined || !ranges.every(({ family }) => family === first.family)) return undefined;
  const bits = first.family === 4 ? 32 : 128;
  if (!Number.isInteger(maskSize) || maskSize < 1 || maskSize > bits) return undefined;
  const size = 1n << BigInt(bits - maskSize);
  if (ranges.some((range) => range.end - range.first < size)) return undefined;
  const total = ranges.reduce((sum, range) => sum + (range.end - range.first) / size, 0n);
  const within = held.filter((cidr) => ranges.some((range) => rangeContains(range, cidr)));
  // Of another mask size than now: as many as they are worth, begun ones whole.
  const allocated = within.reduce((sum, cidr) => sum + (cidr.end - cidr.first + size - 1n) / size, 0n);
  return {
    pool,
    family: first.family,
    cidrs: ranges.map(formatRange),
    maskSize,
    total: Number(total),
    allocated: Number(allocated),
  };
}
