import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Agent } from '#lib/network/agents.ts';
import { agentContainer, type Cni } from '#lib/network/cni.ts';
import { quantityOf } from '#lib/network/kubernetes-quantity.ts';

const MOST_LISTED = 20;
const MEBIBYTE = 2 ** 20;

export interface MemoryOptions {
  readonly criticalPercent: number;
  readonly leastMebibytes: number;
  readonly mostMebibytes: number;
  readonly requireLimit: boolean;
}

export function memoryFinding({ daemonSet, kind }: Cni, agents: readonly Agent[], options: MemoryOptions): Judgement {
  const id = `${daemonSet.namespace}/${daemonSet.name}`;
  const withPod = agents.filter(({ pod }) => pod !== undefined);
  const killed = withPod.filter(({ pod }) => pod?.containers.some(({ terminatedReason }) => terminatedReason === 'OOMKilled'));
  const main = daemonSet.containers.find(({ name }) => name === agentContainer(kind));
  const bytes = quantityOf(main?.memoryLimit);
  const limit = bytes === undefined ? undefined : bytes / MEBIBYTE;
  const problems = limitProblems(limit, main?.memoryLimit !== undefined, options);
  const unreadable = main?.memoryLimit !== undefined && bytes === undefined;
  const tooMany = isCritical(killed.length, withPod.length, options.criticalPercent);
  const verdict = tooMany ? 'critical' : killed.length + problems.length > 0 ? 'warning' : unreadable ? 'unknown' : 'ok';
  const bound = main?.memoryLimit === undefined ? 'no limit' : `a limit of ${main.memoryLimit}`;
  return {
    verdict,
    resource: { kind: 'daemonset', id, name: daemonSet.name },
    summary: `${[
      `${killed.length} of ${plural(withPod.length, 'agent')} of ${id} (${kind}) were killed for want of memory; they have ${bound}`,
      ...problems,
      ...(unreadable ? ['that limit is no quantity'] : []),
    ].join('; ')}.`,
    evidence: {
      cni: kind,
      agents: withPod.length,
      outOfMemory: killed.length,
      nodes: killed.slice(0, MOST_LISTED).map(({ node }) => node.name),
      limit: main?.memoryLimit ?? null,
      limitMebibytes: limit === undefined ? null : Math.round(limit),
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
