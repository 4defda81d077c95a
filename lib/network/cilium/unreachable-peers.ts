import type { CiliumAgentReading } from '#lib/model/cilium-agent.ts';

/** Two nodes, of which the first's agent cannot reach the second. */
export interface UnreachablePeer {
  readonly from: string;
  readonly to: string;
  /** An endpoint on it, as pods have; or the node alone, while its endpoint answers or is not probed. */
  readonly what: 'pods' | 'node';
  /** Of its probe, in words. */
  readonly reason: string;
  /** Whether the way back works; `untold` where nobody there was asked, or nothing was probed. */
  readonly back: 'fails' | 'works' | 'untold';
}

/**
 * Pairs of nodes that cannot reach each other, by the health probes between agents: HTTP to the node, and to the endpoint that stands
 * for its pods. A peer that is not among `nodes` is left out: it is down, gone, or of another cluster, and no fault of the network.
 * Pings alone tell nothing, since security groups often let none through.
 * Source: Cilium documentation, "Troubleshooting", section "Cluster connectivity health".
 * @param nodes names of those that are ready
 */
export function unreachablePeers(
  readings: readonly CiliumAgentReading[],
  nodes: ReadonlySet<string>,
): readonly UnreachablePeer[] {
  const failures = new Map(readings.map(({ nodeName, peers }) => [nodeName, peers && failingPeers(peers.failing)]));
  const way = (from: string, to: string): UnreachablePeer['back'] => {
    const failing = failures.get(from);
    if (failing === undefined) return 'untold';
    return failing.has(to) ? 'fails' : 'works';
  };
  return [...failures]
    .filter(([from]) => nodes.has(from))
    .flatMap(([from, failing]) =>
      [...(failing ?? [])]
        .filter(([to]) => nodes.has(to) && to !== from)
        .map(([to, failure]) => ({ from, to, ...failure, back: way(to, from) })),
    );
}

type Failing = NonNullable<CiliumAgentReading['peers']>['failing'];

function failingPeers(failing: Failing): ReadonlyMap<string, Pick<UnreachablePeer, 'what' | 'reason'>> {
  const failures = new Map<string, Pick<UnreachablePeer, 'what' | 'reason'>>();
  for (const { name, endpoint, node } of failing) {
    if (endpoint.http !== undefined) failures.set(name, { what: 'pods', reason: endpoint.http });
    else if (node.http !== undefined) failures.set(name, { what: 'node', reason: node.http });
  }
  return failures;
}

/**
 * Which node each pair is to be told of: the one that most pairs have in common, again and again, so that a node which nobody reaches
 * is told once and not by each of its peers. The pairs by that node; of two nodes alone, by the first by name.
 */
export function byCommonNode(pairs: readonly UnreachablePeer[]): ReadonlyMap<string, readonly UnreachablePeer[]> {
  const told = new Map<string, readonly UnreachablePeer[]>();
  let left = pairs;
  while (left.length > 0) {
    const node = mostCommon(left);
    const own = left.filter(({ from, to }) => from === node || to === node);
    told.set(node, own);
    left = left.filter((pair) => !own.includes(pair));
  }
  return told;
}

/** By the number of different others. */
function mostCommon(pairs: readonly UnreachablePeer[]): string {
  const others = new Map<string, Set<string>>();
  const add = (node: string, other: string) => others.set(node, (others.get(node) ?? new Set()).add(other));
  for (const { from, to } of pairs) {
    add(from, to);
    add(to, from);
  }
  const [first] = [...others].sort(([a, ofA], [b, ofB]) => ofB.size - ofA.size || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}
