import { nodesTried } from '#lib/evaluate/evidence-nodes.ts';
import { isCutOff, reachOf } from '#lib/evaluate/reach.ts';
import type { Topology } from '#lib/evaluate/topology.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Extent } from '#lib/model/triage.ts';
import { scopeOf } from '#lib/network/sandbox-failures/scope.ts';

const MOST_NAMED = 5;

/** How far the roots of one problem reach: the nodes that they name, or whose pods draw from their subnets. */
export function extentOf(roots: readonly Finding[], topology: Topology): Extent {
  const reaches = roots.map(reachOf);
  const all = (where: 'nodes' | 'subnets' | 'namespaces') => new Set(reaches.flatMap((reach) => [...reach[where].named]));
  const total = topology.nodes.length === 0 ? null : topology.nodes.length;
  const [nodes, subnets, namespaces] = [all('nodes'), all('subnets'), all('namespaces')];
  const stated = reaches.reduce((sum, reach) => Math.max(sum, reach.nodes.count), nodes.size);
  if (roots.some(isTakenForCluster)) return { scope: 'cluster', names: first(nodes), nodes: null, nodesTotal: total };
  if (nodes.size > 0) {
    const isCut = reaches.some((reach) => isCutOff(reach.nodes));
    const extent = ofNodes(nodes, stated, isCut, topology);
    return isAllTried(nodes, roots) && total !== nodes.size ? { ...extent, onlyTried: true } : extent;
  }
  if (subnets.size > 0) return ofSubnets(subnets, topology);
  if (namespaces.size > 0 && !roots.some(nodesTried))
    return { scope: 'namespace', names: first(namespaces), nodes: null, nodesTotal: total };
  const pools = new Set(roots.flatMap(({ resource: { kind, id, name } }) => (kind === 'ip-pool' ? (name ?? id) : [])));
  if (pools.size > 0) return { scope: 'ip-pool', names: first(pools), nodes: null, nodesTotal: total };
  return { scope: 'cluster', names: [], nodes: total, nodesTotal: total };
}

/** A canary tries a few nodes: where none of several works, it is not those nodes. */
function isTakenForCluster({ check, evidence: { scope, withoutNetwork } }: Finding): boolean {
  return check === 'canary-pod' && scope === 'all' && typeof withoutNetwork === 'number' && withoutNetwork > 1;
}

/** What fails wherever it was tried may fail where it was not: nobody then knows that it is these nodes alone. */
function isAllTried(failing: ReadonlySet<string>, roots: readonly Finding[]): boolean {
  const tried = roots.map(nodesTried);
  return tried.every((names) => names !== undefined && names.length > 0 && failing.isSupersetOf(new Set(names)));
}

function ofNodes(nodes: ReadonlySet<string>, stated: number, isCut: boolean, { nodes: places }: Topology): Extent {
  const nodesTotal = places.length === 0 ? null : places.length;
  const count = Number.isFinite(stated) ? stated : null;
  const many = { names: first(nodes), nodes: count, nodesTotal };
  if (isCut) return { ...many, scope: nodesTotal !== null && 2 * (count ?? nodes.size) >= nodesTotal ? 'cluster' : 'nodes' };
  const scope = scopeOf(nodes, places);
  const inside = places.filter(({ name }) => nodes.has(name));
  switch (scope) {
    case 'zone':
      return { ...many, scope, names: first(inside.flatMap(({ zone }) => zone ?? [])) };
    case 'subnet':
      return { ...many, scope, names: first(inside.flatMap(({ subnetId }) => subnetId ?? [])) };
    case 'cluster':
      // Of a few nodes, most are soon reached: those that are well are worth a name all the same.
      return inside.length === places.length ? { ...many, scope, names: [] } : { ...many, scope };
    case 'unknown':
      return { ...many, scope: nodes.size === 1 ? 'node' : 'nodes' };
    case 'node':
    case 'nodes':
      return { ...many, scope };
  }
}

function ofSubnets(subnets: ReadonlySet<string>, { nodes }: Topology): Extent {
  const [drawing, others] = [
    nodes.filter(({ podSubnets }) => podSubnets.some((id) => subnets.has(id))),
    nodes.filter(({ podSubnets }) => podSubnets.length > 0 && !podSubnets.some((id) => subnets.has(id))),
  ];
  const known = nodes.length > 0 && drawing.length + others.length === nodes.length;
  const counts = { nodes: known ? drawing.length : null, nodesTotal: nodes.length === 0 ? null : nodes.length };
  if (known && drawing.length === nodes.length) return { scope: 'cluster', names: first(subnets), ...counts };
  if (subnets.size === 1) return { scope: 'subnet', names: first(subnets), ...counts };
  const zones = new Set(drawing.map(({ zone }) => zone));
  const [zone] = zones;
  if (zones.size === 1 && zone !== undefined && others.every((place) => place.zone !== zone))
    return { scope: 'zone', names: [zone], ...counts };
  return { scope: 'subnet', names: first(subnets), ...counts };
}

const first = (names: Iterable<string>): string[] => [...new Set(names)].slice(0, MOST_NAMED);
