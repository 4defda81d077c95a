import type { DnsCounters } from '#lib/model/dns-metrics.ts';
import { countWithin, mergeHistograms } from '#lib/network/dns/latency-histogram.ts';

/** Sums over the processes of CoreDNS, by name. */
export type DnsCounts = Readonly<Record<DnsCountName, number>>;

const NAMES = [
  'responses',
  'servfail',
  'timed',
  'withinWarning',
  'withinCritical',
  'forwarded',
  'forwardErrors',
  'healthcheckFailures',
  'healthcheckBroken',
  'concurrencyRejects',
  'cacheRequests',
  'cacheHits',
  'panics',
] as const;
export type DnsCountName = (typeof NAMES)[number];
export const DNS_COUNT_NAMES: readonly DnsCountName[] = NAMES;

/** Seconds. */
export interface LatencyLimits {
  readonly warning: number;
  readonly critical: number;
}

/** An upstream's answer that says nothing of the name, but that it would not or could not answer. */
const ERRORS = ['SERVFAIL', 'REFUSED'];

export function dnsCounts(processes: readonly DnsCounters[], limits: LatencyLimits): DnsCounts {
  const sum = (of: (counters: DnsCounters) => number) => processes.reduce((total, counters) => total + of(counters), 0);
  const latency = mergeHistograms(processes.flatMap((counters) => counters.latency ?? []));
  return {
    responses: sum(({ responses }) => total(responses)),
    servfail: sum(({ responses }) => responses['SERVFAIL'] ?? 0),
    timed: latency.count,
    withinWarning: countWithin(latency, limits.warning),
    withinCritical: countWithin(latency, limits.critical),
    forwarded: sum(({ forwarded }) => total(forwarded)),
    forwardErrors: sum(({ forwarded }) => ERRORS.reduce((errors, rcode) => errors + (forwarded[rcode] ?? 0), 0)),
    healthcheckFailures: sum(({ healthcheckFailures }) => total(healthcheckFailures)),
    healthcheckBroken: sum(({ healthcheckBroken }) => healthcheckBroken),
    concurrencyRejects: sum(({ concurrencyRejects }) => concurrencyRejects),
    cacheRequests: sum(({ cacheRequests }) => cacheRequests),
    cacheHits: sum(({ cacheHits }) => cacheHits),
    panics: sum(({ panics }) => panics),
  };
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
