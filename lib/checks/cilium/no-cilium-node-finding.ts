import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';

/** Nodes that an agent is placed on and that Cilium has no object of, in one finding of the cluster. */
export function noCiliumNodeFinding(target: Target, nodes: readonly Node[]): readonly Judgement[] {
  if (nodes.length === 0) return [];
  const names = nodes.slice(0, 20).map(({ name }) => name);
  return [
    {
      verdict: 'unknown',
      resource: { kind: 'cluster', id: target.arn, name: target.name },
      summary: `${plural(nodes.length, 'node')} of Cilium ${nodes.length === 1 ? 'has' : 'have'} no CiliumNode, so what addresses they have is not known: ${names.slice(0, 3).join(', ')}.`,
      evidence: { nodesWithoutCiliumNode: names },
    },
  ];
}
