import { mergeRanges } from '#lib/network/address-range.ts';
import type { CalicoBlock, CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { availableIn, type PoolUse } from '#lib/network/calico/pool-use.ts';

/** The blocks of one family that are affine to a node. */
export interface NodeBlocks {
  readonly node: string;
  readonly family: 4 | 6;
  readonly blocks: number;
  readonly inUse: number;
  /** Free in them, and not reserved. */
  readonly available: number;
  /** It holds as many blocks as `maxBlocksPerHost` lets it. */
  readonly atLimit: boolean;
}

/** One entry per node and family that it has blocks of. */
export function nodeBlocks({
  blocks,
  reservations,
  config,
}: Pick<CalicoIpamObjects, 'blocks' | 'reservations' | 'config'>): readonly NodeBlocks[] {
  const reserved = mergeRanges(reservations);
  const affine = blocks.filter((block): block is CalicoBlock & { readonly host: string } => block.host !== undefined);
  const byNode = Map.groupBy(affine, ({ host, addresses }) => `${addresses.family} ${host}`);
  return [...byNode.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const sum = (count: (block: CalicoBlock) => number) => own.reduce((total, block) => total + count(block), 0);
    return {
      node: first.host,
      family: first.addresses.family,
      blocks: own.length,
      inUse: sum(({ allocated }) => allocated.length),
      available: sum((block) => availableIn(block, reserved)),
      atLimit: config.maxBlocksPerHost > 0 && own.length >= config.maxBlocksPerHost,
    };
  });
}

/** Whole blocks of a pool that no node has claimed and any may: none where nodes do not claim blocks by themselves. */
export function unclaimedBlocks(
  { pool, capacity, blocks }: PoolUse,
  { autoAllocateBlocks }: CalicoIpamObjects['config'],
): number {
  if (pool.disabled || !autoAllocateBlocks) return 0;
  const claimed = blocks.reduce((sum, { addresses }) => sum + addresses.end - addresses.first, 0n);
  return Number((capacity - claimed) / pool.addressesPerBlock);
}

/**
 * Nodes whose pods get no address though others' blocks have free ones: nothing is free in their own, and strict affinity lets them
 * borrow none. Where a block is left to claim there are none.
 * @param nodes names of all nodes, those without a block among them
 */
export function strandedNodes(
  family: 4 | 6,
  nodes: readonly string[],
  objects: CalicoIpamObjects,
  pools: readonly PoolUse[],
): readonly string[] {
  const unclaimed = pools
    .filter(({ pool }) => pool.addresses.family === family)
    .reduce((sum, use) => sum + unclaimedBlocks(use, objects.config), 0);
  if (!objects.config.strictAffinity || unclaimed > 0) return [];
  const free = new Map(nodeBlocks(objects).flatMap((own) => (own.family === family ? [[own.node, own.available] as const] : [])));
  return nodes.filter((node) => (free.get(node) ?? 0) === 0);
}
