import type { Pod } from '#lib/model/kubernetes.ts';
import type { PodMetrics } from '#lib/model/pod-metrics.ts';
import type { Agent } from '#lib/network/agents.ts';
import { quantityOf } from '#lib/network/kubernetes-quantity.ts';

/** What the agent of one node uses. */
export interface AgentMemory {
  readonly node: string;
  /** Bytes of all containers of its pod: what the node has no more. */
  readonly bytes: number;
  /** The container that is closest to its own limit; absent where none has a limit. */
  readonly closest?: { readonly container: string; readonly percentOfLimit: number };
}

export interface MeasuredAgents {
  /** The largest first. */
  readonly measured: readonly AgentMemory[];
  /** Nodes whose agent has been ready since before `readyBefore` and of which nothing was measured. */
  readonly unmeasured: readonly string[];
}

/**
 * Joins agents with what was measured of their pods, by namespace and name.
 * @param readyBefore ISO 8601: an agent that came later is not measured yet
 */
export function measureAgents(agents: readonly Agent[], metrics: readonly PodMetrics[], readyBefore: string): MeasuredAgents {
  const byPod = new Map(metrics.map((one) => [`${one.namespace}/${one.name}`, one]));
  const measured: AgentMemory[] = [];
  const unmeasured: string[] = [];
  for (const { node, pod, state } of agents) {
    if (pod === undefined) continue;
    const found = byPod.get(`${pod.namespace}/${pod.name}`);
    const memory = found === undefined ? undefined : memoryOf(pod, found);
    if (memory !== undefined) measured.push({ node: node.name, ...memory });
    else if (state === 'ready' && pod.createdAt < readyBefore) unmeasured.push(node.name);
  }
  return { measured: measured.sort((a, b) => b.bytes - a.bytes), unmeasured };
}

/** Undefined where a container's memory is missing or no quantity: part of a sum is no sum. */
function memoryOf({ containers }: Pod, metrics: PodMetrics): Omit<AgentMemory, 'node'> | undefined {
  const used = metrics.containers.map(({ name, memory }) => ({ name, bytes: quantityOf(memory) }));
  let bytes = 0;
  let closest: AgentMemory['closest'];
  for (const { name, bytes: own } of used) {
    if (own === undefined) return undefined;
    bytes += own;
    const limit = quantityOf(containers.find((container) => container.name === name)?.memoryLimit);
    const percentOfLimit = limit === undefined || limit <= 0 ? -1 : (100 * own) / limit;
    if (percentOfLimit >= 0 && percentOfLimit > (closest?.percentOfLimit ?? -1)) closest = { container: name, percentOfLimit };
  }
  return used.length === 0 ? undefined : { bytes, ...(closest === undefined ? {} : { closest }) };
}
