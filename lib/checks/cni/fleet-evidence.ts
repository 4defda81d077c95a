import { agreeing, plural } from '#lib/model/plural.ts';
import { type Agent, type AgentState, isRollingOut } from '#lib/network/agents.ts';
import type { Cni } from '#lib/network/cni.ts';
import { restartsOf } from '#lib/network/pod-readiness.ts';

/** Enough to recognise them; the counts stand beside. */
const MOST_LISTED = 20;

export type FleetEvidence = ReturnType<typeof fleetEvidence>;

interface Judged {
  readonly broken: readonly Agent[];
  readonly restarting: readonly Agent[];
  readonly podsWaiting: number;
}

export function fleetEvidence({ daemonSet, kind, version }: Cni, agents: readonly Agent[], judged: Judged) {
  const { broken, restarting, podsWaiting } = judged;
  const of = (state: AgentState) => agents.filter((agent) => agent.state === state);
  return {
    cni: kind,
    version: version ?? null,
    desired: daemonSet.desired,
    ready: daemonSet.ready,
    expectedNodes: agents.length,
    nodes: namesOf(broken),
    notReady: agents.length - of('ready').length,
    failing: of('failing').length,
    missing: of('missing').length,
    nodesWithoutAgent: namesOf(of('missing')),
    starting: of('starting').length,
    updating: of('updating').length,
    nodesDown: of('node-down').length,
    rolloutInProgress: isRollingOut(daemonSet),
    updated: daemonSet.updated,
    restarts: agents.reduce((sum, { pod }) => sum + restartsOf(pod), 0),
    restartingAgents: namesOf(restarting),
    crashReasons: tally(broken.flatMap(({ fault }) => [fault?.reason, fault?.terminatedReason])),
    exitCodes: tally(broken.map(({ fault }) => fault?.exitCode)),
    podsWaiting,
  };
}

const namesOf = (agents: readonly Agent[]): string[] => agents.slice(0, MOST_LISTED).map(({ node }) => node.name);

function tally(values: readonly (string | number | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) if (value !== undefined) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function reasonText(fault: Agent['fault']): string | undefined {
  const { reason, terminatedReason } = fault ?? {};
  if (reason === undefined || terminatedReason === undefined) return reason ?? terminatedReason;
  return `${reason} after ${terminatedReason}`;
}

/** `14 of 16 nodes have a ready agent of kube-system/aws-node (vpc-cni): ...`, with what the numbers are made of. */
export function fleetSummary(id: string, evidence: FleetEvidence, broken: readonly Agent[]): string {
  const { expectedNodes, notReady, cni, failing, missing, podsWaiting, restartingAgents, starting, updating, nodesDown } =
    evidence;
  // An agent once: it waits for one reason, after it ended for another.
  const reasons = Object.entries(tally(broken.map(({ fault }) => reasonText(fault)))).map(
    ([reason, count]) => `${count} ${reason}`,
  );
  const clauses: readonly (readonly [number, string])[] = [
    [failing, `${failing} ${agreeing(failing, 'does', 'do')} not work${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`],
    [missing, `${plural(missing, 'node')} ${agreeing(missing, 'has', 'have')} none`],
    [podsWaiting, `${plural(podsWaiting, 'pod')} ${agreeing(podsWaiting, 'waits', 'wait')} for a network there`],
    [restartingAgents.length, `${restartingAgents.length} ${agreeing(restartingAgents.length, 'keeps', 'keep')} restarting`],
    [starting, `${starting} ${agreeing(starting, 'is', 'are')} starting`],
    [updating, `${updating} ${agreeing(updating, 'is', 'are')} down for an update`],
    [nodesDown, `${nodesDown} ${agreeing(nodesDown, 'is on a node that is', 'are on nodes that are')} down`],
    [Number(evidence.rolloutInProgress), `a rollout is in progress, ${evidence.updated} of ${evidence.desired} updated`],
  ];
  const told = clauses.flatMap(([count, clause]) => (count > 0 ? [clause] : []));
  const ready = `${expectedNodes - notReady} of ${plural(expectedNodes, 'node')} ${agreeing(expectedNodes, 'has', 'have')} a ready agent of ${id} (${cni})`;
  return `${[ready, ...told].join('; ')}.`;
}
