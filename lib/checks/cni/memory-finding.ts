import { type MemoryUseOptions, memoryUse } from '#lib/checks/cni/memory-use.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { PodMetrics } from '#lib/model/pod-metrics.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Agent } from '#lib/network/agents.ts';
import { agentContainer, type Cni } from '#lib/network/cni.ts';
import { quantityOf } from '#lib/network/kubernetes-quantity.ts';

const MOST_LISTED = 20;
const MEBIBYTE = 2 ** 20;

export interface MemoryOptions extends MemoryUseOptions {
  readonly criticalPercent: number;
  readonly leastMebibytes: number;
  readonly requireLimit: boolean;
}

export interface MemoryJudging {
  readonly metrics: Slice<readonly PodMetrics[]>;
  /** ISO 8601: an agent that came later need not be measured yet. */
  readonly readyBefore: string;
  readonly options: MemoryOptions;
}

export function memoryFinding({ daemonSet, kind }: Cni, agents: readonly Agent[], judging: MemoryJudging): Judgement {
  const { metrics, readyBefore, options } = judging;
  const id = `${daemonSet.namespace}/${daemonSet.name}`;
  const withPod = agents.filter(({ pod }) => pod !== undefined);
  const killed = withPod.filter(({ pod }) => pod?.containers.some(({ terminatedReason }) => terminatedReason === 'OOMKilled'));
  const main = daemonSet.containers.find(({ name }) => name === agentContainer(kind));
  const bytes = quantityOf(main?.memoryLimit);
  const limit = bytes === undefined ? undefined : bytes / MEBIBYTE;
  const problems = limitProblems(limit, main?.memoryLimit !== undefined, options);
  const unreadable = main?.memoryLimit !== undefined && bytes === undefined;
  const use = memoryUse(withPod, metrics, options, readyBefore);
  const tooMany = [killed.length, use.above].some((count) => isCritical(count, withPod.length, options.criticalPercent));
  const wrong = killed.length + problems.length > 0 || use.verdict === 'warning';
  const open = unreadable || use.verdict === 'unknown';
  const verdict = tooMany ? 'critical' : wrong ? 'warning' : open ? 'unknown' : 'ok';
  const bound = main?.memoryLimit === undefined ? 'no limit' : `a limit of ${main.memoryLimit}`;
  return {
    verdict,
    resource: { kind: 'daemonset', id, name: daemonSet.name },
    summary: `${[
      `${killed.length} of ${plural(withPod.length, 'agent')} of ${id} (${kind}) were killed for want of memory; they have ${bound}`,
      ...problems,
      ...(unreadable ? ['that limit is no quantity'] : []),
      ...use.says,
    ].join('; ')}.`,
    evidence: {
      cni: kind,
      agents: withPod.length,
      outOfMemory: killed.length,
      nodes: killed.slice(0, MOST_LISTED).map(({ node }) => node.name),
      limit: main?.memoryLimit ?? null,
      limitMebibytes: limit === undefined ? null : Math.round(limit),
      ...use.evidence,
      withoutLimit: daemonSet.containers.flatMap(({ name, init, memoryLimit }) => (init || memoryLimit ? [] : [name])),
    },
    ...(verdict === 'critical' && { timeToImpact: 'minutes' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const }),
    ...((verdict === 'critical' || verdict === 'warning') && { remediation: 'raise-cni-memory' }),
  };
}

function isCritical(killed: number, agents: number, criticalPercent: number): boolean {
  return (killed > 1 && (100 * killed) / agents >= criticalPercent) || (killed > 0 && killed === agents);
}

/** As clauses. */
function limitProblems(limit: number | undefined, isSet: boolean, options: MemoryOptions): readonly string[] {
  if (limit !== undefined && limit < options.leastMebibytes) return [`less than ${options.leastMebibytes} MiB`];
  if (!options.requireLimit) return [];
  if (!isSet) return ['nothing bounds a leak'];
  return limit !== undefined && limit > options.mostMebibytes ? [`more than ${options.mostMebibytes} MiB`] : [];
}
