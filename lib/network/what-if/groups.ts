import type { Nodegroup } from '#lib/model/eks.ts';
import type { PresentNode } from '#lib/network/what-if/present.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** Nodes that are made alike: a managed node group, a NodePool, or those of neither. */
export interface NodeGroup {
  readonly name: string;
  /** As EKS describes it; absent where EKS does not manage it, or where node groups were not read. */
  readonly managed?: Nodegroup;
  readonly members: readonly PresentNode[];
  /** The type of most of its members, else the first that EKS would start; absent where neither is known. */
  readonly instanceType?: string;
  /** Where its nodes may start: the node group's own list, else where its members are. */
  readonly subnetIds: readonly string[];
}

/** Every group that has nodes, and every managed one. */
export function nodeGroups({ present, nodegroups = [] }: Pick<World, 'present' | 'nodegroups'>): readonly NodeGroup[] {
  const members = Map.groupBy(present, ({ group }) => group);
  const managed = new Map(nodegroups.map((group) => [group.nodegroupName, group]));
  return [...new Set([...members.keys(), ...managed.keys()])].toSorted().map((name) => {
    const group = managed.get(name);
    const own = members.get(name) ?? [];
    const instanceType = mostFrequent(own.map(({ entry }) => entry.type.instanceType)) ?? group?.instanceTypes[0];
    return {
      name,
      ...(group && { managed: group }),
      members: own,
      ...(instanceType !== undefined && { instanceType }),
      subnetIds: group && group.subnets.length > 0 ? group.subnets : [...new Set(own.map(({ subnetId }) => subnetId))],
    };
  });
}

/** The value that most have, the first of several; undefined where there is none. */
export function mostFrequent<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<readonly [T | undefined, number]>(
    (best, next) => (next[1] > best[1] ? next : best),
    [undefined, 0],
  )[0];
}

/**
 * Shares nodes out over groups as their sizes are, by largest remainder; evenly where none has any.
 * @returns a count for each group, together `count`
 */
export function shareOut(count: number, sizes: readonly number[]): readonly number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const weights = total === 0 ? sizes.map(() => 1) : sizes;
  const sum = total === 0 ? sizes.length : total;
  const shares = weights.map((weight) => Math.floor((count * weight) / sum));
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (count * weight) % sum }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  const given = shares.reduce((so, share) => so + share, 0);
  for (const { index } of byRemainder.slice(0, count - given)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
