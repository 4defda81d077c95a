import type { Finding } from '#lib/model/finding.ts';

/** Where a finding holds. */
export interface Reach {
  /** Names of nodes. */
  readonly nodes: Place;
  /** Ids of subnets. */
  readonly subnets: Place;
}

/** `everywhere`: so many that the evidence names only the first. */
export type Place = ReadonlySet<string> | 'everywhere';

export function isEverywhere(place: Place): place is 'everywhere' {
  return place === 'everywhere';
}

/** Checks name this many nodes or subnets at most: of a list so long, others may have been left out. */
const MOST_LISTED = 20;

/** By its resource, and by the `nodes` and `subnets` that its evidence names. */
export function reachOf({ resource: { kind, id, name }, evidence }: Finding): Reach {
  return {
    nodes: kind === 'node' ? new Set([id, name ?? id]) : named(evidence['nodes']),
    subnets: kind === 'subnet' ? new Set([id]) : named(evidence['subnets']),
  };
}

function named(list: unknown): Place {
  const names = Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
  return names.length >= MOST_LISTED ? 'everywhere' : new Set(names);
}
