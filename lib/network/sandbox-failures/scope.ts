/** How far a failure reaches; `nodes` where it is several that no zone or subnet unites. */
export type Scope = 'node' | 'subnet' | 'zone' | 'nodes' | 'cluster' | 'unknown';

/** Where a node is; what is not known is absent. */
export interface Place {
  readonly name: string;
  readonly zone?: string;
  readonly subnetId?: string;
}

/**
 * The narrowest bound that holds all failing nodes and not all of the cluster. A single node of a single-node cluster is the cluster.
 * @param places of every node that could fail the same way
 */
export function scopeOf(failing: ReadonlySet<string>, places: readonly Place[]): Scope {
  const [inside, outside] = [places.filter(({ name }) => failing.has(name)), places.filter(({ name }) => !failing.has(name))];
  if (inside.length === 0) return 'unknown';
  if (outside.length === 0) return 'cluster';
  if (inside.length === 1) return 'node';
  if (unites(inside, outside, ({ subnetId }) => subnetId)) return 'subnet';
  if (unites(inside, outside, ({ zone }) => zone)) return 'zone';
  return inside.length >= outside.length ? 'cluster' : 'nodes';
}

/** All are at one place, and others are elsewhere: where all nodes share it, it tells nothing. */
function unites(inside: readonly Place[], outside: readonly Place[], where: (place: Place) => string | undefined): boolean {
  const [first, ...others] = new Set(inside.map(where));
  return (
    first !== undefined && others.length === 0 && outside.some((place) => where(place) !== undefined && where(place) !== first)
  );
}
