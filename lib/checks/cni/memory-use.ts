import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { PodMetrics } from '#lib/model/pod-metrics.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type AgentMemory, type MeasuredAgents, measureAgents } from '#lib/network/agent-memory.ts';
import type { Agent } from '#lib/network/agents.ts';

const MEBIBYTE = 2 ** 20;
const MOST_LISTED = 20;

export interface MemoryUseOptions {
  readonly mostMebibytes: number;
  readonly limitPercent: number;
}

/** What the agents use, as a part of their finding. */
export interface MemoryUse {
  readonly verdict: Verdict;
  /** As clauses. */
  readonly says: readonly string[];
  /** Agents above `mostMebibytes`. */
  readonly above: number;
  readonly evidence: Judgement['evidence'];
}

/** A cluster without a metrics server is judged by the rest; one whose metrics server does not answer is not known. */
export function memoryUse(
  agents: readonly Agent[],
  slice: Slice<readonly PodMetrics[]>,
  options: MemoryUseOptions,
  readyBefore: string,
): MemoryUse {
  if (!slice.ok) return unmeasured('unknown', `what they use was not read (${asClause(slice.reason)})`, 'failed');
  if (slice.absent)
    return unmeasured('ok', 'what they use was not measured, since no metrics server is registered', 'no-metrics-server');
  return judge(measureAgents(agents, slice.data, readyBefore), options);
}

const NOTHING = { measured: 0, highestMebibytes: null, highestNode: null, aboveMost: [], nearLimit: [], unmeasuredNodes: [] };

function unmeasured(verdict: Verdict, says: string, memoryUse: string): MemoryUse {
  return { verdict, says: [says], above: 0, evidence: { memoryUse, ...NOTHING } };
}

function judge({ measured, unmeasured }: MeasuredAgents, { mostMebibytes, limitPercent }: MemoryUseOptions): MemoryUse {
  const above = measured.filter(({ bytes }) => bytes > mostMebibytes * MEBIBYTE);
  const near = measured.filter(({ closest }) => closest !== undefined && closest.percentOfLimit >= limitPercent);
  const [highest] = measured;
  const says = [
    ...(highest === undefined ? [] : [`the largest uses ${mebibytes(highest)} MiB, on ${highest.node}`]),
    ...(above.length === 0 ? [] : [`${above.length} of ${measured.length} measured use more than ${mostMebibytes} MiB`]),
    ...near.slice(0, 1).map((one) => nearest(one, near.length)),
    ...(unmeasured.length === 0 ? [] : [`of ${plural(unmeasured.length, 'agent')} nothing was measured`]),
  ];
  return {
    verdict: above.length + near.length > 0 ? 'warning' : unmeasured.length > 0 ? 'unknown' : 'ok',
    says,
    above: above.length,
    evidence: {
      memoryUse: unmeasured.length > 0 ? 'measured-in-part' : 'measured',
      measured: measured.length,
      highestMebibytes: highest === undefined ? null : mebibytes(highest),
      highestNode: highest?.node ?? null,
      aboveMost: listed(above),
      nearLimit: near.slice(0, MOST_LISTED).map(({ node, closest }) => ({
        node,
        container: closest?.container ?? null,
        percentOfLimit: Math.round(closest?.percentOfLimit ?? 0),
      })),
      unmeasuredNodes: unmeasured.slice(0, MOST_LISTED),
    },
  };
}

const mebibytes = ({ bytes }: AgentMemory): number => Math.round(bytes / MEBIBYTE);
const listed = (agents: readonly AgentMemory[]) =>
  agents.slice(0, MOST_LISTED).map((agent) => ({ node: agent.node, mebibytes: mebibytes(agent) }));

function nearest({ node, closest }: AgentMemory, count: number): string {
  const more = count > 1 ? `, and ${count - 1} more are as near to theirs` : '';
  return `${closest?.container} on ${node} is at ${Math.round(closest?.percentOfLimit ?? 0)} % of its limit${more}`;
}
