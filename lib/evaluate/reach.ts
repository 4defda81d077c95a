import type { Finding } from '#lib/model/finding.ts';

/** Where a finding holds. */
export interface Reach {
  /** Names of nodes. */
  readonly nodes: Place;
  /** Ids of subnets. */
  readonly subnets: Place;
  readonly namespaces: Place;
}

export interface Place {
  /** All of them, or of many the first. */
  readonly named: ReadonlySet<string>;
  /** How many there are; infinite where the list may have been cut off and nothing tells. */
  readonly count: number;
}

export function isCutOff({ named, count }: Place): boolean {
  return count > named.size;
}

/** Checks name this many nodes or subnets at most: of a list so long, others may have been left out. */
const MOST_LISTED = 20;

/** The fields that name a check's nodes, where it is not `nodes`. */
const NODE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  // Those of its `nodes` work.
  coredns: ['nodesFailing'],
  'dns-quality': ['linkLocalNodes'],
  // Of the cluster: where no agent is to be had.
  'cni-agents': ['nodes', 'nodesWithoutNetwork'],
};

/** By its resource, and by the nodes, subnets and namespaces that its evidence names. */
export function reachOf({ check, resource: { kind, id, name }, evidence }: Finding): Reach {
  const fields = NODE_FIELDS[check] ?? ['nodes'];
  const own = (named: unknown): Place => placeOf(list([named]), undefined);
  return {
    nodes:
      kind === 'node'
        ? own(name ?? id)
        : placeOf(
            fields.flatMap((field) => list(evidence[field])),
            evidence['nodeCount'],
          ),
    subnets:
      kind === 'subnet' ? own(id) : placeOf([...list(evidence['subnets']), ...list([evidence['sourceSubnet']])], undefined),
    namespaces: kind === 'namespace' ? own(id) : own(evidence['namespace']),
  };
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function placeOf(names: readonly string[], stated: unknown): Place {
  const named = new Set(names);
  if (typeof stated === 'number') return { named, count: Math.max(stated, named.size) };
  return { named, count: named.size >= MOST_LISTED ? Number.POSITIVE_INFINITY : named.size };
}
