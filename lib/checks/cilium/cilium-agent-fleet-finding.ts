import { type AgentNode, agentVerdict, remedy } from '#lib/checks/cilium/cilium-agent-node-finding.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';

/** What all agents that were asked say together. @param agents how many there are, asked or not */
export function agentFleetFinding({ namespace, name }: DaemonSet, nodes: readonly AgentNode[], agents: number): Judgement {
  const asked = nodes.filter(({ reading }) => reading !== undefined);
  const answered = asked.filter(({ reading }) => reading?.status !== undefined);
  const troubled = nodes.filter((node) => node.problems.length > 0 || node.unreachable.length > 0);
  const verdict: Verdict = worstVerdict(nodes.map(agentVerdict));
  const kinds = kindsOf(nodes);
  const counts = Object.entries(kinds).map(([kind, count]) => `${kind} on ${count}`);
  return {
    verdict,
    resource: { kind: 'daemonset', id: `${namespace}/${name}`, name },
    summary: `${[
      `${answered.length} of the ${plural(asked.length, 'agent')} of Cilium that were asked answered, of ${agents}`,
      troubled.length === 0
        ? answered.length === 0
          ? 'nothing is known of their trouble'
          : 'none of those has trouble'
        : `${plural(troubled.length, 'node')} with trouble (${counts.join(', ')})`,
    ].join('; ')}.`,
    evidence: {
      cni: 'cilium',
      agents,
      asked: asked.length,
      answered: answered.length,
      troubled: troubled.length,
      problemCounts: kinds,
      nodes: troubled.map(({ nodeName }) => nodeName).slice(0, 20),
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const }),
    ...remedyOf(nodes, verdict),
  };
}

/** Of the first of the worst nodes that has one: theirs is what it stands for. */
function remedyOf(nodes: readonly AgentNode[], verdict: Verdict): Pick<Judgement, 'remediation'> {
  const worst = nodes.filter((node) => agentVerdict(node) === verdict);
  return worst.map(({ problems }) => remedy(problems)).find(({ remediation }) => remediation !== undefined) ?? {};
}

/** Nodes by what is wrong with them. */
function kindsOf(nodes: readonly AgentNode[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { problems, unreachable } of nodes) {
    const kinds = new Set<string>(problems.map(({ kind }) => kind));
    if (unreachable.length > 0) kinds.add('peers-unreachable');
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
