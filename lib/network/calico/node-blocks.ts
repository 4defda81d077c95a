import type { Node } from '#lib/model/kubernetes.ts';
import { mergeRanges } from '#lib/network/address-range.ts';
import type { CalicoBlock, CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { servesNode } from '#lib/network/calico/pool-nodes.ts';
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
 * Nodes whose pods get no address though others' blocks have free ones: nothing is free in their own, strict affinity lets them borrow
 * none, and no pool that is for them has a block left to claim.
 * @param nodes all of them, those without a block too. One that no pool is for is none of these: it gets no address in any case
 */
export function strandedNodes(
  family: 4 | 6,
  nodes: readonly Node[],
  objects: CalicoIpamObjects,
  pools: readonly PoolUse[],
): readonly Node[] {
  if (!objects.config.strictAffinity) return [];
  const ofFamily = pools.filter(({ pool }) => pool.addresses.family === family);
  const unclaimed = new Map(ofFamily.map((use) => [use, unclaimedBlocks(use, objects.config)]));
  const free = new Map(nodeBlocks(objects).flatMap((own) => (own.family === family ? [[own.node, own.available] as const] : [])));
  return nodes.filter((node) => {
    const own = ofFamily.filter(({ pool }) => servesNode(pool, node));
    return own.length > 0 && own.every((use) => unclaimed.get(use) === 0) && (free.get(node.name) ?? 0) === 0;
  });
}
