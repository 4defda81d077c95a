import type { Judgement } from '#lib/model/finding.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import { scheduledAt } from '#lib/network/awaiting-network.ts';

const MOST_NODES = 20;
const MOST_PODS = 10;

export interface AwaitingFacts {
  readonly target: Target;
  readonly awaiting: readonly Pod[];
  /** That need a network, those that wait among them. */
  readonly pods: number;
  readonly options: { readonly criticalMinutes: number; readonly criticalPercent: number };
  readonly now: Date;
}

export function awaitingFinding({ target, awaiting, pods, options, now }: AwaitingFacts): Judgement {
  const seconds = (pod: Pod) => Math.round((now.getTime() - Date.parse(scheduledAt(pod) ?? pod.createdAt)) / 1000);
  const longestFirst = awaiting.map((pod) => ({ pod, waits: seconds(pod) })).toSorted((a, b) => b.waits - a.waits);
  const longestSeconds = longestFirst[0]?.waits ?? 0;
  const old = longestFirst.filter(({ waits }) => waits >= 60 * options.criticalMinutes).length;
  const percent = pods === 0 ? 0 : (100 * awaiting.length) / pods;
  const nodes = [...Map.groupBy(awaiting, ({ nodeName }) => nodeName ?? '')].toSorted(
    ([a, of], [b, others]) => others.length - of.length || (a < b ? -1 : 1),
  );
  const critical = old > 0 || percent > options.criticalPercent;
  const verdict = awaiting.length === 0 ? 'ok' : critical ? 'critical' : 'warning';
  return {
    verdict,
    resource: { kind: 'cluster', id: target.arn, name: target.name },
    summary:
      awaiting.length === 0
        ? `None of ${plural(pods, 'pod')} waits for a network.`
        : `${awaiting.length} of ${plural(pods, 'pod')} (${percent.toFixed(1)} %) have no network on ${plural(nodes.length, 'node')}, the oldest since ${duration(longestSeconds)}.`,
    evidence: {
      awaiting: awaiting.length,
      awaitingCritical: old,
      pods,
      percent: Math.round(10 * percent) / 10,
      longestSeconds,
      nodes: nodes.slice(0, MOST_NODES).map(([name]) => name),
      nodeCount: nodes.length,
      samplePods: longestFirst.slice(0, MOST_PODS).map(({ pod }) => `${pod.namespace}/${pod.name}`),
      undecided: 0,
    },
    ...(verdict !== 'ok' && { timeToImpact: 'immediate' as const, remediation: 'restart-cni' }),
  };
}

/** What is known, under the doubt of what is not. */
export function undecidedPodsFinding(known: Judgement, undecided: number, why: string): Judgement {
  return {
    ...known,
    verdict: 'unknown',
    summary: `${known.summary} Of ${plural(undecided, 'pending pod')} it cannot be told: the kubelets do not state PodReadyToStartContainers, and events were not read (${why}).`,
    evidence: { ...known.evidence, undecided },
  };
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
