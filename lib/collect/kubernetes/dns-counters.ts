import { type PrometheusSample, prometheusSamples } from '#lib/collect/kubernetes/prometheus-text.ts';
import type { DnsCounters } from '#lib/model/dns-metrics.ts';

/**
 * The counters of one CoreDNS process out of a scrape, each summed over its servers, zones and views; undefined where it serves none of
 * them. What the plugin forward counts has moved: before CoreDNS 1.11 it bore the plugin's name, since then the proxy's.
 * Sources: coredns plugin/metrics/README.md, plugin/cache/README.md, plugin/forward/README.md.
 */
export function dnsCounters(text: string): DnsCounters | undefined {
  const samples = prometheusSamples(text);
  const named = Map.groupBy(samples, ({ name }) => name);
  if (![...named.keys()].some((name) => name.startsWith('coredns_'))) return undefined;
  const of = (name: string) => named.get(name) ?? [];
  const newest = (name: string, before: string) => {
    const found = of(name).filter(({ labels }) => labels['proxy_name'] === undefined || labels['proxy_name'] === 'forward');
    return found.length > 0 ? found : of(before);
  };
  const [build] = of('coredns_build_info');
  const [started] = of('process_start_time_seconds');
  const latency = histogram(of('coredns_dns_request_duration_seconds_bucket'));
  return {
    ...(started ? { startedAt: started.value } : {}),
    ...(build?.labels['version'] ? { version: build.labels['version'] } : {}),
    responses: sumBy(of('coredns_dns_responses_total'), 'rcode'),
    ...(latency ? { latency } : {}),
    panics: sum(of('coredns_panics_total')),
    cacheRequests: cacheRequests(of),
    cacheHits: sum(of('coredns_cache_hits_total')),
    forwarded: sumBy(newest('coredns_proxy_request_duration_seconds_count', 'coredns_forward_responses_total'), 'rcode'),
    healthcheckFailures: sumBy(
      newest('coredns_proxy_healthcheck_failures_total', 'coredns_forward_healthcheck_failures_total'),
      'to',
    ),
    healthcheckBroken: sum(of('coredns_forward_healthcheck_broken_total')),
    concurrencyRejects: sum(of('coredns_forward_max_concurrent_rejects_total')),
  };
}

/** Before CoreDNS 1.8 there are only hits and misses. */
function cacheRequests(of: (name: string) => readonly PrometheusSample[]): number {
  const requests = of('coredns_cache_requests_total');
  return requests.length > 0 ? sum(requests) : sum(of('coredns_cache_hits_total')) + sum(of('coredns_cache_misses_total'));
}

function sum(samples: readonly PrometheusSample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}

function sumBy(samples: readonly PrometheusSample[], label: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { labels, value } of samples) {
    const key = labels[label] ?? '';
    sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

/** Buckets are cumulative, so they add up over servers and zones; the last, `+Inf`, is the count of all. */
function histogram(samples: readonly PrometheusSample[]): DnsCounters['latency'] {
  const byBound = sumBy(samples, 'le');
  const count = byBound['+Inf'];
  if (count === undefined) return undefined;
  const buckets = Object.entries(byBound).map(([le, within]) => ({ le: Number(le), count: within }));
  return { buckets: buckets.filter(({ le }) => Number.isFinite(le)).sort((a, b) => a.le - b.le), count };
}
