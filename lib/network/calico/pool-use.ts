import { type AddressRange, countWithin, mergeRanges, rangeContains, rangeSize } from '#lib/network/address-range.ts';
import type { CalicoBlock, CalicoIpamObjects, CalicoPool } from '#lib/network/calico/ipam-objects.ts';

/** One pool as Calico counts it. */
export interface PoolUse {
  readonly pool: CalicoPool;
  readonly blocks: readonly CalicoBlock[];
  /** Addresses of the whole CIDR, not of its blocks alone. */
  readonly capacity: bigint;
  readonly inUse: number;
  /** Neither in use nor reserved. A reserved address may be in use, so that this is no difference of the others. */
  readonly available: bigint;
  readonly reserved: bigint;
  /** In use by pods of other nodes than the one that the block is affine to. */
  readonly borrowed: number;
  /** In use only because the cool-down since their release is not over. */
  readonly coolingDown: number;
  /** Of `available`, those inside blocks that are affine to a node. */
  readonly availableInBlocks: number;
  /** Blocks that the CIDR divides into. */
  readonly blocksTotal: bigint;
}

export interface CalicoUse {
  readonly pools: readonly PoolUse[];
  /** Blocks outside of every pool. */
  readonly orphaned: readonly CalicoBlock[];
}

/** Source: libcalico-go lib/ipam/ipam.go, GetUtilization. */
export function calicoUse({
  pools,
  blocks,
  reservations,
}: Pick<CalicoIpamObjects, 'pools' | 'blocks' | 'reservations'>): CalicoUse {
  const reserved = mergeRanges(reservations);
  const poolOf = (block: CalicoBlock) => pools.find(({ addresses }) => rangeContains(addresses, block.addresses));
  const byPool = Map.groupBy(blocks, poolOf);
  return {
    pools: pools.map((pool) => poolUse(pool, byPool.get(pool) ?? [], reserved)),
    orphaned: byPool.get(undefined) ?? [],
  };
}

function poolUse(pool: CalicoPool, blocks: readonly CalicoBlock[], reserved: readonly AddressRange[]): PoolUse {
  const capacity = rangeSize(pool.addresses);
  const reservedHere = countWithin(pool.addresses, reserved);
  let [inUse, borrowed, coolingDown, free, availableInBlocks] = [0, 0, 0, 0, 0];
  let [claimed, reservedInBlocks] = [0n, 0n];
  for (const block of blocks) {
    const available = availableIn(block, reserved);
    inUse += block.allocated.length;
    borrowed += borrowedFrom(block);
    coolingDown += block.allocated.filter((allocation) => allocation.coolingDown).length;
    free += available;
    if (block.host !== undefined) availableInBlocks += available;
    claimed += rangeSize(block.addresses);
    reservedInBlocks += countWithin(block.addresses, reserved);
  }
  const unclaimed = capacity - claimed - (reservedHere - reservedInBlocks);
  const available = BigInt(free) + unclaimed;
  const blocksTotal = capacity / pool.addressesPerBlock;
  const reservedAddresses = { reserved: reservedHere, available };
  return { pool, blocks, capacity, inUse, ...reservedAddresses, borrowed, coolingDown, availableInBlocks, blocksTotal };
}

/** Free addresses of a block that no reservation holds back. */
export function availableIn({ addresses, unallocated }: CalicoBlock, reserved: readonly AddressRange[]): number {
  const here = reserved.filter(({ family, first, end }) => {
    return family === addresses.family && first < addresses.end && addresses.first < end;
  });
  if (here.length === 0) return unallocated.length;
  const isReserved = (address: bigint) => here.some(({ first, end }) => first <= address && address < end);
  return unallocated.filter((ordinal) => !isReserved(addresses.first + BigInt(ordinal))).length;
}

function borrowedFrom({ host, allocated }: CalicoBlock): number {
  if (host === undefined) return 0;
  return allocated.filter(({ owner }) => owner['node'] !== undefined && owner['node'] !== host).length;
}

/** Share of the addresses that pods can have at all which are taken, in percent: reserved ones count only where they are in use. */
export function usedPercent({ inUse, available }: Pick<PoolUse, 'inUse' | 'available'>): number {
  const usable = BigInt(inUse) + available;
  return usable === 0n ? 100 : (100 * inUse) / Number(usable);
}
