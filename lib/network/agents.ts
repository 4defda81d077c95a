import type { DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import { maxUnavailable, schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { type PodFault, podReadiness, podRestartsADay } from '#lib/network/pod-readiness.ts';

/**
 * `starting`: young, and nothing has gone wrong yet. `updating`: down for a rolling update, within what it allows.
 * `node-down`: the kubelet is silent, so the node and not the agent is at fault.
 */
export type AgentState = 'ready' | 'starting' | 'updating' | 'failing' | 'missing' | 'node-down';

/** The agent of one node that should have one. */
export interface Agent {
  readonly node: Node;
  readonly pod?: Pod;
  readonly state: AgentState;
  /** Why it is not ready. */
  readonly fault?: PodFault;
}

export interface AgentContext {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  /** ISO 8601: an agent or a node created later is still starting. */
  readonly startedBefore: string;
  /** Nodes where pods have waited for a network too long to blame an update. */
  readonly waitingNodes: ReadonlySet<string>;
}

/** Whether pods of an older template are still to be replaced, or the controller has not looked at the newest yet. */
export function isRollingOut({ generation, observedGeneration, updated, desired }: DaemonSet): boolean {
  return observedGeneration < generation || updated < desired;
}

/** Every node on which this DaemonSet should run, with what became of its agent. */
export function agentsOf(daemonSet: DaemonSet, context: AgentContext): readonly Agent[] {
  const byNode = agentPods(daemonSet, context.pods);
  const agents = context.nodes
    .filter((node) => takesCniAgent(node) && schedulesOn(daemonSet, node))
    .map((node) => agentOn(node, byNode.get(node.name), context.startedBefore));
  return isRollingOut(daemonSet) ? allowUpdate(agents, maxUnavailable(daemonSet), context.waitingNodes) : agents;
}

/** By node; a pod on its way out only where there is no other. */
function agentPods({ namespace, name }: DaemonSet, pods: readonly Pod[]): ReadonlyMap<string, Pod> {
  const byNode = new Map<string, Pod>();
  for (const pod of pods) {
    if (pod.namespace !== namespace || pod.owner?.kind !== 'DaemonSet' || pod.owner.name !== name || !pod.nodeName) continue;
    const known = byNode.get(pod.nodeName);
    if (known === undefined || known.deletedAt !== undefined) byNode.set(pod.nodeName, pod);
  }
  return byNode;
}

function agentOn(node: Node, pod: Pod | undefined, startedBefore: string): Agent {
  if (node.conditions.some(({ type, status }) => type === 'Ready' && status === 'Unknown')) {
    return { node, ...(pod ? { pod } : {}), state: 'node-down' };
  }
  if (pod === undefined) return { node, state: node.createdAt > startedBefore ? 'starting' : 'missing' };
  return { node, pod, ...podReadiness(pod, startedBefore) };
}

/** A rolling update replaces agents on purpose. One that stays unready after that is not among them, nor is one that pods wait for. */
function allowUpdate(agents: readonly Agent[], allowed: number, waitingNodes: ReadonlySet<string>): readonly Agent[] {
  let left = allowed;
  return agents.map((agent) => {
    const replaced = agent.state === 'missing' || (agent.state === 'failing' && agent.pod?.deletedAt !== undefined);
    return replaced && !waitingNodes.has(agent.node.name) && left-- > 0 ? { ...agent, state: 'updating' } : agent;
  });
}

/** Whether pods of its node cannot count on it. */
export function isBroken({ state }: Agent): boolean {
  return state === 'failing' || state === 'missing';
}

/** Zero where it has no pod. See podRestartsADay. */
export function restartsADay({ pod }: Agent, now: Date): number {
  return pod === undefined ? 0 : podRestartsADay(pod, now);
}
