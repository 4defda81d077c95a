import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { DnsCounted, DnsProcess } from '#lib/network/dns-window.ts';
import { latencyQuantile, mergeHistograms } from '#lib/network/latency-histogram.ts';

export interface QualityOptions {
  readonly servfailWarningPercent: number;
  readonly servfailCriticalPercent: number;
  readonly slowPercent: number;
  readonly latencyWarningMs: number;
  readonly latencyCriticalMs: number;
  readonly forwardErrorPercent: number;
  readonly leastCacheHitPercent: number;
  readonly leastResponses: number;
}

export interface Quality {
  readonly counted: DnsCounted;
  readonly processes: readonly DnsProcess[];
  readonly podsUnread: number;
  /** Undefined where events were not read. */
  readonly linkLocalNodes: readonly string[] | undefined;
  readonly now: Date;
}

/** Enough to recognise them. */
const MOST_LISTED = 20;

/** Shares in percent; null where nothing was counted. */
export interface QualityShares {
  readonly servfail: number | null;
  readonly slow: number | null;
  readonly verySlow: number | null;
  readonly forwardErrors: number | null;
  readonly cacheHits: number | null;
}

export function qualityShares({ counts }: DnsCounted): QualityShares {
  return {
    servfail: percent(counts.servfail, counts.responses),
    slow: percent(counts.timed - counts.withinWarning, counts.timed),
    verySlow: percent(counts.timed - counts.withinCritical, counts.timed),
    forwardErrors: percent(counts.forwardErrors, counts.forwarded),
    cacheHits: percent(counts.cacheHits, counts.cacheRequests),
  };
}

function percent(part: number, whole: number): number | null {
  return whole > 0 ? Math.round((10_000 * part) / whole) / 100 : null;
}

/** How well CoreDNS answers, over all processes that were read. */
export function qualityFinding(quality: Quality, options: QualityOptions): Judgement {
  const problems = problemsOf(quality, options);
  const verdict = (['critical', 'warning'] as const).find((one) => problems.some((problem) => problem.verdict === one)) ?? 'ok';
  return {
    verdict,
    resource: { kind: 'deployment', id: 'kube-system/coredns', name: 'coredns' },
    summary: `${[measured(quality), ...problems.map(({ told }) => told)].join('; ')}.`,
    evidence: evidenceOf(quality),
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
  };
}

interface Problem {
  readonly verdict: Extract<Verdict, 'warning' | 'critical'>;
  readonly told: string;
}

function problemsOf(quality: Quality, options: QualityOptions): readonly Problem[] {
  const { counts } = quality.counted;
  const enough = counts.responses >= options.leastResponses;
  return [...(enough ? shareProblems(quality.counted, options) : []), ...eventProblems(quality)];
}

function shareProblems(counted: DnsCounted, options: QualityOptions): readonly Problem[] {
  const { servfail, slow, verySlow, forwardErrors, cacheHits } = qualityShares(counted);
  const above = (share: number | null, limit: number) => (share ?? 0) > limit;
  const failing = above(servfail, options.servfailCriticalPercent);
  const stuck = above(verySlow, options.slowPercent);
  const rules: readonly (readonly [boolean, Problem['verdict'], string])[] = [
    [failing, 'critical', `that is above ${options.servfailCriticalPercent} %`],
    [!failing && above(servfail, options.servfailWarningPercent), 'warning', `that is above ${options.servfailWarningPercent} %`],
    [stuck, 'critical', `${verySlow} % take more than ${options.latencyCriticalMs} ms`],
    [!stuck && above(slow, options.slowPercent), 'warning', `${slow} % take more than ${options.latencyWarningMs} ms`],
    [above(forwardErrors, options.forwardErrorPercent), 'warning', `${forwardErrors} % of the answers of upstreams are errors`],
    [(cacheHits ?? 100) < options.leastCacheHitPercent, 'warning', `the cache answers only ${cacheHits} %`],
  ];
  return rules.flatMap(([holds, verdict, told]) => (holds ? [{ verdict, told }] : []));
}

/** Each of these is one too many, but only if it is recent: over a process's life it may be weeks old. */
function eventProblems({ counted: { basis, counts }, linkLocalNodes = [] }: Quality): readonly Problem[] {
  const recent = (count: number) => basis === 'window' && count > 0;
  const rules: readonly (readonly [boolean, string])[] = [
    [recent(counts.panics), `${counts.panics} panics`],
    [recent(counts.healthcheckBroken), `every upstream was unhealthy for ${plural(counts.healthcheckBroken, 'request')}`],
    [recent(counts.concurrencyRejects), `${counts.concurrencyRejects} were refused at max_concurrent`],
    [
      linkLocalNodes.length > 0,
      `${plural(linkLocalNodes.length, 'node')} dropped packets to the VPC's resolver at the limit of an interface (${linkLocalNodes.slice(0, 3).join(', ')})`,
    ],
  ];
  return rules.flatMap(([holds, told]) => (holds ? [{ verdict: 'warning', told }] : []));
}

function measured({ counted, processes, now }: Quality): string {
  const { basis, since, counts } = counted;
  const minutes = since === undefined ? undefined : Math.round((now.getTime() - Date.parse(since)) / 60_000);
  const span = minutes === undefined ? '' : minutes < 120 ? ` ${minutes} minutes` : ` ${Math.round(minutes / 60)} hours`;
  const period = basis === 'window' ? `in the last${span}` : `since they started,${span} ago at the most`;
  const shares = qualityShares(counted);
  const told = shares.servfail === null ? '' : `, ${shares.servfail} % of them SERVFAIL`;
  return `${plural(processes.length, 'CoreDNS pod')} gave ${counts.responses} answers ${period}${told}`;
}

function evidenceOf({ counted, processes, podsUnread, linkLocalNodes }: Quality) {
  const { basis, since, counts } = counted;
  const shares = qualityShares(counted);
  const latency = mergeHistograms(processes.flatMap(({ counters }) => counters.latency ?? []));
  const milliseconds = (share: number) => {
    const seconds = latencyQuantile(latency, share);
    return seconds === undefined ? null : Math.round(1e6 * seconds) / 1000;
  };
  return {
    basis,
    since: since ?? null,
    podsRead: processes.length,
    podsUnread,
    responses: counts.responses,
    servfailPercent: shares.servfail,
    slowPercent: shares.slow,
    verySlowPercent: shares.verySlow,
    latencyP50Ms: milliseconds(0.5),
    latencyP99Ms: milliseconds(0.99),
    forwardErrorPercent: shares.forwardErrors,
    healthcheckFailures: counts.healthcheckFailures,
    unhealthyUpstreams: unhealthyUpstreams(processes),
    healthcheckBroken: counts.healthcheckBroken,
    concurrencyRejects: counts.concurrencyRejects,
    cacheHitPercent: shares.cacheHits,
    panics: counts.panics,
    worstPod: worstPod(processes),
    linkLocalNodes: linkLocalNodes === undefined ? null : linkLocalNodes.slice(0, MOST_LISTED),
    versions: [...new Set(processes.flatMap(({ counters }) => counters.version ?? []))].sort(),
  };
}

function unhealthyUpstreams(processes: readonly DnsProcess[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [to, failures] of processes.flatMap(({ counters }) => Object.entries(counters.healthcheckFailures)))
    if (failures > 0) sums[to] = (sums[to] ?? 0) + failures;
  return sums;
}

/** The one with the largest share of SERVFAIL over its life: the others may drown it. */
function worstPod(processes: readonly DnsProcess[]): { readonly pod: string; readonly servfailPercent: number } | null {
  const shares = processes.flatMap(({ podName, counters: { responses } }) => {
    const all = Object.values(responses).reduce((sum, count) => sum + count, 0);
    const servfailPercent = percent(responses['SERVFAIL'] ?? 0, all);
    return servfailPercent === null || servfailPercent === 0 ? [] : [{ pod: podName, servfailPercent }];
  });
  return shares.toSorted((a, b) => b.servfailPercent - a.servfailPercent)[0] ?? null;
}
