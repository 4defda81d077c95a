import * as z from 'zod';
import { type QualityShares, qualityShares } from '#lib/checks/dns/dns-quality-evidence.ts';
import { qualityFinding } from '#lib/checks/dns/dns-quality-finding.ts';
import { defineCheck, type MetricSample, notApplicable } from '#lib/model/check.ts';
import type { DnsMetricsReading } from '#lib/model/dns-metrics.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { dataOf } from '#lib/model/slice.ts';
import { DNS_SERIES, dnsCounted, dnsProcesses, dnsReadings } from '#lib/network/dns/window.ts';
import { linkLocalLimited } from '#lib/network/link-local-limit.ts';

const percent = (value: number) => z.number().min(0).max(100).default(value);

export const check = defineCheck({
  id: 'dns-quality',
  title: "CoreDNS's own counters: errors and latency",
  area: 'dns',
  severity: 'critical',
  inputs: ['dnsMetrics'],
  optional: ['events', 'nodes'],
  options: z.object({
    servfailWarningPercent: percent(1).describe('share of answers that are SERVFAIL above which it is a warning'),
    servfailCriticalPercent: percent(10).describe('share of answers that are SERVFAIL above which it is critical'),
    slowPercent: percent(1).describe('share of requests that may be slower than the limits'),
    latencyWarningMs: z
      .number()
      .min(1)
      .default(1000)
      .describe('latency in milliseconds that is a warning for more than `slowPercent` of requests'),
    latencyCriticalMs: z
      .number()
      .min(1)
      .default(4000)
      .describe('latency in milliseconds that is critical for more than `slowPercent` of requests'),
    forwardErrorPercent: percent(3).describe(
      'share of answers of upstreams that are SERVFAIL or REFUSED above which it is a warning',
    ),
    leastCacheHitPercent: percent(0).describe('share of requests that the cache answers below which it is a warning'),
    leastResponses: z.number().int().min(1).default(100).describe('answers below which shares are not judged'),
    eventMinutes: z.number().min(0).default(60).describe('age up to which an event of a node counts, in minutes'),
  }),
  metrics: [
    {
      name: 'DnsServfailPercent',
      unit: 'Percent',
      per: 'cluster',
      description: 'share of CoreDNS answers that are SERVFAIL since the last reading',
      essential: true,
    },
    {
      name: 'DnsSlowPercent',
      unit: 'Percent',
      per: 'cluster',
      description: 'share of CoreDNS answers slower than `latencyWarningMs` since the last reading',
      essential: true,
    },
  ],
  history: DNS_SERIES,
  docs: {
    question:
      'Does CoreDNS answer well, and in time? Its pods can be ready and fail every name. Its counters, read through the API server, tell errors, ' +
      'latency, what its upstreams answered and how much the cache takes off them. Opt-in (`collect.optIn: [dnsMetrics]`), since reading pods/proxy is a ' +
      'permission of its own. Counters begin with their process: what is judged is what was added since the newest reading of the last hour (`basis` window), ' +
      'and what was counted since the processes started where there is none of the same processes (process-life), as on a first run or after a restart. ' +
      'Panics, refusals and unhealthy upstreams are judged in a window only.',
    verdicts: {
      critical:
        'more than `servfailCriticalPercent` of the answers are SERVFAIL, or more than `slowPercent` take longer than `latencyCriticalMs`',
      warning:
        'more than `servfailWarningPercent` are SERVFAIL, more than `slowPercent` take longer than `latencyWarningMs`, upstreams answer with errors in more than ' +
        '`forwardErrorPercent`, the cache answers less than `leastCacheHitPercent`; a panic, a request refused at max_concurrent, every upstream unhealthy; or the ' +
        "node monitoring agent saw a node drop packets to the VPC's resolver at the limit of 1,024 a second and interface (LinkLocalExceeded)",
      unknown: 'a CoreDNS pod that did not answer; none that did',
      notApplicable: 'nobody switched it on, or no CoreDNS pod runs',
    },
    evidence: {
      basis: '`window` or `process-life`: what the counts are of',
      since: 'when the earlier reading was, or the oldest process started',
      podsRead: 'CoreDNS pods that answered',
      podsUnread: 'CoreDNS pods that did not',
      responses: 'answers that were counted',
      servfailPercent: 'share of them that are SERVFAIL; null without any',
      slowPercent: 'share of requests slower than `latencyWarningMs`, estimated within a bucket of the histogram',
      verySlowPercent: 'the same for `latencyCriticalMs`',
      latencyP50Ms: 'median latency in milliseconds since the processes started, estimated within a bucket',
      latencyP99Ms:
        'the latency that 99 % do not exceed, the same way; the highest bound of the histogram where it lies above that',
      forwardErrorPercent: 'share of answers of upstreams that are SERVFAIL or REFUSED',
      healthcheckFailures: 'failed health checks of upstreams',
      unhealthyUpstreams: 'failed health checks by upstream, since the processes started',
      healthcheckBroken: 'requests that came while every upstream was unhealthy',
      concurrencyRejects: 'requests refused at max_concurrent of the plugin forward',
      cacheHitPercent: 'share of requests that the cache answered; null without a cache',
      panics: 'panics',
      worstPod: 'the pod with the largest share of SERVFAIL since its start, and that share; null without any',
      linkLocalNodes: 'nodes that dropped packets at the link-local limit; null where nodes or events were not read',
      versions: 'versions of CoreDNS',
      reason: 'why a pod was not read',
    },
    sources: [
      'coredns plugin/metrics/README.md, plugin/cache/README.md, plugin/forward/README.md',
      'Prometheus documentation, "Query functions", histogram_quantile',
      'coredns-mixin, the alerts CoreDNSErrorsHigh, CoreDNSLatencyHigh and CoreDNSForwardErrorsHigh, for the order of the limits',
      'Amazon VPC User Guide, "DNS attributes for your VPC", section "DNS limits"; EKS Best Practices Guide, "Monitoring EKS workloads for network performance issues"',
      'eks-node-monitoring-agent docs/node-health-issues.adoc',
    ],
  },
  remediations: [],
  evaluate({ inputs, optional, options, target, now, history }) {
    const { dnsMetrics } = inputs;
    if (dnsMetrics.length === 0) return notApplicable(target, 'No CoreDNS pod runs, so there are no counters to read.');
    const processes = dnsProcesses(dnsMetrics);
    const unread = dnsMetrics.filter(({ counters }) => counters === undefined).map(unreadFinding);
    if (processes.length === 0) return { findings: unread, metrics: [] };
    const limits = { warning: options.latencyWarningMs / 1000, critical: options.latencyCriticalMs / 1000 };
    const counted = dnsCounted(processes, history, now, limits);
    const since = new Date(now.getTime() - 60_000 * options.eventMinutes).toISOString();
    const nodes = dataOf(optional.nodes);
    const events = dataOf(optional.events);
    const linkLocalNodes = nodes && events && linkLocalLimited(nodes, events, since);
    const quality = { counted, processes, podsUnread: unread.length, linkLocalNodes, now };
    return {
      findings: [qualityFinding(quality, options), ...unread],
      metrics: counted.basis === 'window' ? samples(qualityShares(counted)) : [],
      readings: dnsReadings(processes, limits),
    };
  },
});

function unreadFinding({ podName, unread = 'it gave no reason' }: DnsMetricsReading): Judgement {
  return {
    verdict: 'unknown',
    resource: { kind: 'pod', id: `kube-system/${podName}`, name: podName },
    summary: `The counters of ${podName} were not read: ${asClause(unread)}.`,
    evidence: { reason: unread },
  };
}

/** Without requests there is no share, and no sample. */
function samples({ servfail, slow }: QualityShares): readonly MetricSample[] {
  return [
    ...(servfail === null ? [] : [{ name: 'DnsServfailPercent', value: servfail }]),
    ...(slow === null ? [] : [{ name: 'DnsSlowPercent', value: slow }]),
  ];
}
