import { latencyQuantile, mergeHistograms } from '#lib/network/dns/latency-histogram.ts';
import type { DnsCounted, DnsProcess } from '#lib/network/dns/window.ts';

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

/** The named numbers of the check. */
export function qualityEvidence({ counted, processes, podsUnread, linkLocalNodes }: Quality) {
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
