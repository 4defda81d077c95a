import type { Seat } from '#lib/network/what-if/placement.ts';
import type { PresentNode } from '#lib/network/what-if/present.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** Pods of a node that need an address of its pool, with one or still without. */
export function poolPods({ entry }: PresentNode): number {
  return entry.pods.inUse + entry.pods.waiting;
}

/** Rounded up; 0 for no nodes. */
export function averagePods(nodes: readonly PresentNode[]): number {
  return nodes.length === 0 ? 0 : Math.ceil(nodes.reduce((sum, node) => sum + poolPods(node), 0) / nodes.length);
}

/**
 * Pods that need an address after a change: those that run or wait now, the DaemonSets' own on every node more or less, and of a
 * rolling update the pods that have moved to new nodes while the old ones still hold their addresses.
 * @param moreNodes for good; below 0 fewer
 */
export function podsNeeded({ present }: Pick<World, 'present'>, moreNodes: number, surgeSeats: readonly Seat[]): number {
  const now = present.reduce((sum, node) => sum + poolPods(node), 0);
  const surge = [...Map.groupBy(surgeSeats, ({ group }) => group)].reduce(
    (sum, [{ members }, seats]) => sum + seats.length * averagePods(members),
    0,
  );
  return Math.max(0, now + moreNodes * daemonPods(present) + surge);
}

/** Pods of DaemonSets on an average node that have an address of its pool. */
function daemonPods(present: readonly PresentNode[]): number {
  const pods = present.flatMap(({ host }) => host.pods.filter(isDaemonPod));
  return present.length === 0 ? 0 : Math.round(pods.length / present.length);
}

function isDaemonPod({ owner, hostNetwork, podEni, phase }: PresentNode['host']['pods'][number]): boolean {
  return owner?.kind === 'DaemonSet' && !hostNetwork && podEni === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}
