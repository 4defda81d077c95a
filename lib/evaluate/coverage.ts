import type { Explanation } from '#lib/evaluate/explanations.ts';
import { isCutOff, type Place, type Reach } from '#lib/evaluate/reach.ts';
import type { NodePlace, Topology } from '#lib/evaluate/topology.ts';

/** A finding that may explain a symptom, and by what they hang together. */
export interface Link {
  readonly fingerprint: string;
  readonly at: Explanation['at'];
  /** Of the cause. */
  readonly reach: Reach;
}

/** Whether a cause reaches any place of the symptom. */
export function linkMeets({ at, reach }: Link, symptom: Reach, topology: Topology): boolean {
  switch (at) {
    case 'cluster':
      return true;
    case 'subnets':
      return !subnetsOf(symptom, topology).isDisjointFrom(reach.subnets.named);
    case 'nodes':
    case 'namespaces':
      if (symptom[at].named.size === 0 || reach[at].named.size === 0) return false;
      return isCutOff(symptom[at]) || isCutOff(reach[at]) || !symptom[at].named.isDisjointFrom(reach[at].named);
  }
}

/** Whether the causes together reach every place of the symptom: one node in twenty explained leaves nineteen to be told of. */
export function isWhole(links: readonly Link[], symptom: Reach, topology: Topology): boolean {
  const at = (where: Explanation['at']) => links.flatMap((link) => (link.at === where ? link.reach : []));
  if (at('cluster').length > 0) return true;
  if (isHeldBy(symptom.namespaces, union(at('namespaces').map(({ namespaces }) => namespaces.named)))) return true;
  const subnets = union(at('subnets').map((reach) => reach.subnets.named));
  if (!knowsPodSubnets(symptom, topology) && isHeldBy(symptom.subnets, subnets)) return true;
  const onNodes = at('nodes').map(({ nodes }) => nodes);
  if (onNodes.some(isCutOff)) return true;
  const reached = union(onNodes.map(({ named }) => named));
  const { named } = symptom.nodes;
  const draws = ({ podSubnets }: NodePlace) => podSubnets.some((id) => subnets.has(id));
  const isReached = (name: string) => reached.has(name) || draws(topology.byName.get(name) ?? { name, podSubnets: [] });
  const all = (symptom.ways ?? [...named].map((name) => [name])).every((ends) => ends.some(isReached));
  if (!all || !isCutOff(symptom.nodes)) return all && named.size > 0;
  return (
    union([reached, new Set(topology.nodes.flatMap((place) => (draws(place) ? place.name : [])))]).size >= symptom.nodes.count
  );
}

/** Those from which the pods of its nodes draw; where that is not known, those that it names. */
function subnetsOf(symptom: Reach, topology: Topology): ReadonlySet<string> {
  if (!knowsPodSubnets(symptom, topology)) return symptom.subnets.named;
  return new Set([...symptom.nodes.named].flatMap((name) => topology.byName.get(name)?.podSubnets ?? []));
}

/** Whether it names nodes, and it is known of each from which subnets its pods draw. */
function knowsPodSubnets({ nodes: { named } }: Reach, { byName }: Topology): boolean {
  return named.size > 0 && [...named].every((name) => (byName.get(name)?.podSubnets.length ?? 0) > 0);
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

/** Whether there are some, and all of them are held, those beyond the list too. */
function isHeldBy({ named, count }: Place, by: ReadonlySet<string>): boolean {
  return named.size > 0 && by.size >= count && named.isSubsetOf(by);
}
