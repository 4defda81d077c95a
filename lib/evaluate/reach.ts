import { nodesIn, waysIn } from '#lib/evaluate/evidence-nodes.ts';
import type { Finding } from '#lib/model/finding.ts';

/** Where a finding holds. */
export interface Reach {
  /** Names of nodes. */
  readonly nodes: Place;
  /** Ids of subnets. */
  readonly subnets: Place;
  readonly namespaces: Place;
  /** Of a finding about ways between nodes: the ends of each, of which either may be at fault. */
  readonly ways?: readonly (readonly string[])[];
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

/** By its resource, and by the nodes, subnets and namespaces that its evidence names. */
export function reachOf(finding: Finding): Reach {
  const { kind, id, name } = finding.resource;
  const { nodeCount, subnets, sourceSubnet, namespace } = finding.evidence;
  const own = (named: unknown): Place => placeOf(list([named]), undefined);
  const ways = waysIn(finding);
  return {
    nodes: kind === 'node' ? own(name ?? id) : placeOf(nodesIn(finding), nodeCount),
    subnets: kind === 'subnet' ? own(id) : placeOf([...list(subnets), ...list([sourceSubnet])], undefined),
    namespaces: kind === 'namespace' ? own(id) : own(namespace),
    ...(ways.length > 0 && { ways }),
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
