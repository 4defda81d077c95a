import { isCutOff, type Reach, reachOf } from '#lib/evaluate/reach.ts';
import type { Finding } from '#lib/model/finding.ts';

/** A problem and where it holds. */
export interface Placed {
  readonly finding: Finding;
  readonly reach: Reach;
  /** In the order in which they were given. */
  readonly at: number;
}

/** Problems by their check and by the nodes that they name: of thousands of nodes, each is compared with what is on it alone. */
export interface ProblemIndex {
  of(finding: Finding): Placed | undefined;
  /** All of a check. */
  all(check: string): readonly Placed[];
  /** Of a check, those that may be on one of these nodes. */
  onNodes(check: string, nodes: Reach['nodes']): readonly Placed[];
}

export function problemIndex(problems: readonly Finding[]): ProblemIndex {
  const placed = new Map(problems.map((finding, at) => [finding, { finding, reach: reachOf(finding), at }]));
  const byCheck = Map.groupBy(placed.values(), ({ finding }) => finding.check);
  const byNode = new Map<string, Map<string, Placed[]>>();
  const cutOff = new Map<string, readonly Placed[]>();
  for (const [check, own] of byCheck) {
    const nodes = new Map<string, Placed[]>();
    for (const one of own) for (const name of one.reach.nodes.named) nodes.set(name, [...(nodes.get(name) ?? []), one]);
    byNode.set(check, nodes);
    cutOff.set(
      check,
      own.filter(({ reach }) => isCutOff(reach.nodes)),
    );
  }
  const all = (check: string) => byCheck.get(check) ?? [];
  return {
    of: (finding) => placed.get(finding),
    all,
    onNodes(check, nodes) {
      if (isCutOff(nodes)) return all(check);
      const here = [...nodes.named].flatMap((name) => byNode.get(check)?.get(name) ?? []);
      return [...new Set([...here, ...(cutOff.get(check) ?? [])])].toSorted((a, b) => a.at - b.at);
    },
  };
}
