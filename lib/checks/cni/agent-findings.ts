import { type FleetEvidence, fleetEvidence, fleetSummary } from '#lib/checks/cni/fleet-evidence.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type Agent, isBroken, restartsADay } from '#lib/network/agents.ts';
import type { Cni } from '#lib/network/cni.ts';
import { restartsOf } from '#lib/network/pod-readiness.ts';

/** One CNI's DaemonSet and its agent on every node that should have one. */
export interface Fleet {
  readonly cni: Cni;
  readonly agents: readonly Agent[];
}

export interface AgentJudging {
  /** Pods that wait for a network, by node. */
  readonly waiting: ReadonlyMap<string, readonly Pod[]>;
  readonly options: { readonly criticalPercent: number; readonly restartsPerDay: number; readonly nodeFindings: number };
  readonly now: Date;
}

export function fleetFinding({ cni, agents }: Fleet, { waiting, options, now }: AgentJudging): Judgement {
  const { daemonSet, kind } = cni;
  const id = `${daemonSet.namespace}/${daemonSet.name}`;
  const resource = { kind: 'daemonset' as const, id, name: daemonSet.name };
  if (agents.length === 0) {
    const summary = `The DaemonSet ${id} (${kind}) selects none of the nodes.`;
    return {
      verdict: 'not-applicable',
      resource,
      summary,
      evidence: { cni: kind, desired: daemonSet.desired, expectedNodes: 0 },
    };
  }
  const broken = agents.filter(isBroken);
  const restarting = agents.filter((agent) => restartsADay(agent, now) >= options.restartsPerDay);
  const podsWaiting = broken.reduce((sum, { node }) => sum + (waiting.get(node.name)?.length ?? 0), 0);
  const evidence = fleetEvidence(cni, agents, { broken, restarting, podsWaiting });
  const verdict = fleetVerdict(evidence, broken.length, options.criticalPercent);
  return {
    verdict,
    resource,
    summary: fleetSummary(id, evidence, broken),
    evidence,
    ...impact(verdict, podsWaiting, broken.length),
  };
}

/** One agent of many is a warning; pods that wait for it are not. */
function fleetVerdict(evidence: FleetEvidence, broken: number, criticalPercent: number): Verdict {
  const many = broken > 1 && (100 * broken) / evidence.expectedNodes >= criticalPercent;
  if (evidence.podsWaiting > 0 || many || broken === evidence.expectedNodes) return 'critical';
  return broken > 0 || evidence.restartingAgents.length > 0 ? 'warning' : 'ok';
}

function impact(verdict: Verdict, podsWaiting: number, broken: number): Pick<Judgement, 'timeToImpact' | 'remediation'> {
  const urgency = podsWaiting > 0 ? 'immediate' : 'minutes';
  return {
    ...(verdict === 'critical' ? { timeToImpact: urgency } : {}),
    ...(broken > 0 ? { remediation: 'restart-cni' } : {}),
  };
}

/** The nodes that hurt most, those with waiting pods first; each once, though several CNIs may fail on it. */
export function nodeFindings(fleets: readonly Fleet[], { waiting, options }: AgentJudging): readonly Judgement[] {
  const worst = new Map<string, { fleet: Fleet; agent: Agent; pods: number }>();
  for (const fleet of fleets) {
    for (const agent of fleet.agents.filter(isBroken)) {
      const { name } = agent.node;
      if (!worst.has(name)) worst.set(name, { fleet, agent, pods: waiting.get(name)?.length ?? 0 });
    }
  }
  return [...worst.values()]
    .toSorted((a, b) => b.pods - a.pods || (a.agent.node.name < b.agent.node.name ? -1 : 1))
    .slice(0, options.nodeFindings)
    .map(({ fleet, agent, pods }) => nodeFinding(fleet.cni, agent, pods));
}

function nodeFinding({ kind }: Cni, { node, pod, state, fault }: Agent, podsWaiting: number): Judgement {
  const { reason, terminatedReason, exitCode } = fault ?? { reason: 'no pod of the agent' };
  const ended = terminatedReason === undefined ? '' : `, ${terminatedReason}, exit code ${exitCode}`;
  const waits = podsWaiting > 0 ? `, and ${podsWaiting} pods wait for a network` : '';
  const restarts = restartsOf(pod);
  return {
    verdict: podsWaiting > 0 ? 'critical' : 'warning',
    resource: { kind: 'node', id: node.name, name: node.name },
    summary: `The agent of ${kind} does not work on ${node.name} (${reason}${ended}; ${restarts} restarts)${waits}.`,
    evidence: {
      cni: kind,
      state,
      reason,
      terminatedReason: terminatedReason ?? null,
      exitCode: exitCode ?? null,
      agentPod: pod ? `${pod.namespace}/${pod.name}` : null,
      restarts,
      podsWaiting,
    },
    ...(podsWaiting > 0 ? { timeToImpact: 'immediate' } : {}),
    remediation: 'restart-cni',
  };
}
