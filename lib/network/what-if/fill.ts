import type { PlannedNode } from '#lib/network/what-if/node.ts';
import { type Limit, NodePool, type PoolSettings, type Supplies } from '#lib/network/what-if/pool.ts';
import type { SubnetSupply } from '#lib/network/what-if/supply.ts';

/** A node once no pod fits any more. */
export interface FilledNode {
  readonly node: PlannedNode;
  readonly started: boolean;
  readonly pods: number;
  /** What kept the next pod away; undefined for one that did not start or is cordoned. */
  readonly limit?: Limit;
}

/** What the first pod that a node had to refuse ran into, and how many pods the cluster had by then. */
export interface Refusal {
  readonly node: PlannedNode;
  readonly limit: Limit;
  readonly podsByThen: number;
}

export interface Filled {
  readonly nodes: readonly FilledNode[];
  /** Pods with an address, over all nodes. */
  readonly pods: number;
  readonly firstRefusal?: Refusal;
  /** What the subnets have left once `needed` pods have an address, or as many as fit. */
  readonly suppliesWhenNeeded: ReadonlyMap<string, SubnetSupply>;
}

/**
 * Starts the new nodes, then places one pod after another on the emptiest node that takes one, as the scheduler's default spreading
 * does where nothing else decides, until none does. Every node keeps its warm targets as far as the subnets give.
 * @param needed pods that have to run
 */
export function fill(
  nodes: readonly PlannedNode[],
  supplies: ReadonlyMap<string, SubnetSupply>,
  settings: PoolSettings,
  needed: number,
): Filled {
  const left: Supplies = new Map(supplies);
  const pools = nodes.map((node) => new NodePool(node, settings, left));
  const started = new Set(pools.filter((pool) => pool.start()));
  const limits = new Map<NodePool, Limit>();
  let firstRefusal: Refusal | undefined;
  let pods = pools.reduce((sum, pool) => sum + pool.pods, 0);
  let suppliesWhenNeeded = pods >= needed ? new Map(left) : undefined;

  let open = pools.filter((pool) => started.has(pool) && !pool.node.cordoned);
  for (let level = lowest(open); open.length > 0; level++) {
    open = open.filter((pool) => {
      if (pool.pods > level) return true;
      const limit = pool.addPod();
      if (limit !== undefined) {
        limits.set(pool, limit);
        firstRefusal ??= { node: pool.node, limit, podsByThen: pods };
        return false;
      }
      pods++;
      if (pods === needed) suppliesWhenNeeded = new Map(left);
      return true;
    });
  }
  return {
    nodes: pools.map((pool) => {
      const limit = limits.get(pool);
      return { node: pool.node, started: started.has(pool), pods: pool.pods, ...(limit && { limit }) };
    }),
    pods,
    ...(firstRefusal && { firstRefusal }),
    suppliesWhenNeeded: suppliesWhenNeeded ?? left,
  };
}

function lowest(pools: readonly NodePool[]): number {
  return pools.reduce((least, { pods }) => Math.min(least, pods), Number.POSITIVE_INFINITY);
}
