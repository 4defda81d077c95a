import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';

const MOST_LISTED = 20;

/** Nodes of which nothing tells how their sessions are, and what to do about it, in one finding of the cluster. */
export function bgpSilenceFinding(
  target: Target,
  nodes: readonly string[],
  asked: Slices['calicoNodeStatus'],
): readonly Judgement[] {
  if (nodes.length === 0) return [];
  const summary = `How the BGP sessions of ${plural(nodes.length, 'node')}, as ${nodes[0]}, are is not known: ${why(nodes, asked)}.`;
  return [
    {
      verdict: 'unknown',
      resource: { kind: 'cluster', id: target.arn, name: target.name },
      summary,
      evidence: { nodesWithoutStatus: nodes.slice(0, MOST_LISTED) },
    },
  ];
}

function why(nodes: readonly string[], asked: Slices['calicoNodeStatus']): string {
  if (!asked.ok && asked.code === 'NotEnabled')
    return 'calico-node tells it by CalicoNodeStatus objects alone, and there are none. Let cniwatch make them for the time of a run (add calicoNodeStatus to collect.optIn, and grant what docs/permissions.md lists for it), or keep one for each node with spec.node, spec.classes [Agent, BGP] and spec.updatePeriodSeconds 60';
  if (!asked.ok) return `asking their calico-node failed: ${asClause(asked.reason)}. ${asClause(asked.remedy)}`;
  if (asked.absent) return 'the API server does not serve CalicoNodeStatus';
  const silent = new Set(nodes);
  const unread = asked.data.find(({ node, unread: reason }) => reason !== undefined && silent.has(node))?.unread;
  return unread === undefined ? 'it was not their turn in this run' : asClause(unread);
}
