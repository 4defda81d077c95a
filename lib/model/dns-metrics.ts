import * as z from 'zod';

const count = z.number();

/** Counters of one CoreDNS process since it started, each summed over its servers and zones. */
export const dnsCounters = z.object({
  /** Seconds since 1970; absent where the process does not say. */
  startedAt: z.number().optional(),
  /** CoreDNS's own, as `1.12.4`. */
  version: z.string().optional(),
  /** `coredns_dns_responses_total` by rcode. */
  responses: z.record(z.string(), count),
  /** `coredns_dns_request_duration_seconds`: requests answered within `le` seconds, in ascending order; `count` is all of them. */
  latency: z.object({ buckets: z.array(z.object({ le: z.number(), count })), count }).optional(),
  panics: count,
  cacheRequests: count,
  cacheHits: count,
  /** Of the plugin forward: requests to upstreams by the rcode that came back. */
  forwarded: z.record(z.string(), count),
  /** Failed health checks by upstream. */
  healthcheckFailures: z.record(z.string(), count),
  /** Requests that came while every upstream was unhealthy. */
  healthcheckBroken: count,
  /** Requests refused since too many were on their way upstream. */
  concurrencyRejects: count,
});
export type DnsCounters = z.infer<typeof dnsCounters>;

/** What one CoreDNS pod says of itself, or why it did not. */
export const dnsMetricsReading = z.object({
  podName: z.string(),
  nodeName: z.string(),
  counters: dnsCounters.optional(),
  unread: z.string().optional(),
});
export type DnsMetricsReading = z.infer<typeof dnsMetricsReading>;
