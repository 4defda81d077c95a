import type { DaemonSet, Event, Node, Pod } from '#lib/model/kubernetes.ts';
import { agentsOf, isBroken } from '#lib/network/agents.ts';
import { podsAwaitingNetwork } from '#lib/network/awaiting-network.ts';
import { findCnis } from '#lib/network/cni.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { takeTurns } from '#lib/network/take-turns.ts';

export interface ProbedNodesContext {
  readonly nodes: readonly Node[];
  /** Of those that were not read, nothing tells of trouble. */
  readonly pods: readonly Pod[] | undefined;
  readonly events: readonly Event[] | undefined;
  readonly daemonSets: readonly DaemonSet[] | undefined;
  readonly now: Date;
}

/** Milliseconds that an agent or a pod is given before it counts as trouble. */
const PATIENCE = 2 * 60_000;

/**
 * The nodes whose files are to be looked at in this run: those in trouble first, and the others in turn, so that every node is seen after
 * some runs. Left out are nodes without a CNI's agent, and those whose kubelet is silent: it would start nothing.
 */
export function nodesToProbe(context: ProbedNodesContext, most: number): readonly string[] {
  const candidates = context.nodes.filter((node) => takesCniAgent(node) && readiness(node) !== 'Unknown');
  const names = candidates.map(({ name }) => name).toSorted();
  const troubled = inTrouble({ ...context, nodes: candidates });
  const turn = Math.floor(context.now.getTime() / 60_000);
  const first = takeTurns(
    names.filter((name) => troubled.has(name)),
    most,
    turn,
  );
  const others = names.filter((name) => !troubled.has(name));
  return first.length >= most ? first : [...first, ...takeTurns(others, most - first.length, turn)];
}

const readiness = ({ conditions }: Node): string | undefined => conditions.find(({ type }) => type === 'Ready')?.status;

function inTrouble({ nodes, pods, events, daemonSets, now }: ProbedNodesContext): ReadonlySet<string> {
  const startedBefore = new Date(now.getTime() - PATIENCE).toISOString();
  const waiting = podsAwaitingNetwork(pods ?? [], events ?? [], startedBefore);
  const waitingNodes = new Set(waiting.keys());
  const agents =
    pods === undefined
      ? []
      : findCnis(daemonSets ?? []).flatMap(({ daemonSet }) =>
          agentsOf(daemonSet, { nodes, pods, startedBefore, waitingNodes }).filter(isBroken),
        );
  return new Set([
    ...nodes.filter((node) => readiness(node) === 'False').map(({ name }) => name),
    ...agents.map(({ node }) => node.name),
    ...waitingNodes,
  ]);
}
