import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/dns/dns-quality.ts';
import type { DnsCounters, DnsMetricsReading } from '#lib/model/dns-metrics.ts';
import { type History, NO_HISTORY } from '#lib/model/history.ts';
import type { Event } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aSnapshot, DENIED, NOW } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Options = Partial<z.input<typeof check.options>>;

const STARTED = Date.parse('2026-11-20T03:00:00Z') / 1000;
const EARLIER = '2026-11-24T02:55:00.000Z';

/** Requests by how long they took: up to 1 ms, 2 s, 8 s, and longer. */
const latency = (fast: number, slow = 0, verySlow = 0, longer = 0): DnsCounters['latency'] => ({
  buckets: [
    { le: 0.001, count: fast },
    { le: 1, count: fast },
    { le: 2, count: fast + slow },
    { le: 4, count: fast + slow },
    { le: 8, count: fast + slow + verySlow },
  ],
  count: fast + slow + verySlow + longer,
});

function reading(over: Partial<DnsCounters> = {}, podName = 'coredns-1'): DnsMetricsReading {
  return {
    podName,
    nodeName: 'n1',
    counters: {
      startedAt: STARTED,
      version: '1.12.4',
      responses: { NOERROR: 1000 },
      latency: latency(1000),
      panics: 0,
      cacheRequests: 1000,
      cacheHits: 600,
      forwarded: { NOERROR: 400 },
      healthcheckFailures: {},
      healthcheckBroken: 0,
      concurrencyRejects: 0,
      ...over,
    },
  };
}
const NOTHING: Partial<DnsCounters> = { responses: {}, latency: latency(0), cacheRequests: 0, cacheHits: 0, forwarded: {} };
const silent = (podName: string): DnsMetricsReading => ({ podName, nodeName: 'n2', unread: 'connection refused.' });

const run = (dnsMetrics: readonly DnsMetricsReading[], options: Options = {}, history: History = NO_HISTORY, over: Given = {}) =>
  runCheck(check, aSnapshot({ dnsMetrics: [...dnsMetrics], ...over }), options, history);

/** The past as a run over these readings left it. */
function after(dnsMetrics: readonly DnsMetricsReading[], at = EARLIER): History {
  const { readings = [] } = run(dnsMetrics);
  return {
    points: (series, id) => readings.filter((one) => one.series === series && one.id === id).map(({ value }) => ({ at, value })),
  };
}

/** Of a CoreDNS that keeps no histogram. */
function untimed(): DnsMetricsReading {
  const { counters, ...pod } = reading();
  const { latency: _, ...untold } = counters as DnsCounters;
  return { ...pod, counters: untold };
}

const servfail = (share: number) => reading({ responses: { NOERROR: 1000 - 10 * share, SERVFAIL: 10 * share } });

describe('shares', () => {
  test.each<[string, DnsMetricsReading, Verdict, Options?]>([
    ['all is well', reading(), 'ok'],
    ['1 % SERVFAIL', servfail(1), 'ok'],
    ['2 % SERVFAIL', servfail(2), 'warning'],
    ['10 % SERVFAIL', servfail(10), 'warning'],
    ['11 % SERVFAIL', servfail(11), 'critical'],
    ['as many, by a laxer option', servfail(11), 'warning', { servfailCriticalPercent: 20 }],
    ['all of a few answers are SERVFAIL', reading({ ...NOTHING, responses: { SERVFAIL: 99 } }), 'ok'],
    ['all of a hundred are', reading({ ...NOTHING, responses: { SERVFAIL: 100 } }), 'critical'],
    ['names that do not exist are no errors', reading({ responses: { NXDOMAIN: 1000 } }), 'ok'],
    ['1 % slow', reading({ latency: latency(990, 10) }), 'ok'],
    ['2 % slow', reading({ latency: latency(980, 20) }), 'warning'],
    ['2 % very slow', reading({ latency: latency(980, 0, 20) }), 'critical'],
    ['2 % beyond the last bound', reading({ latency: latency(980, 0, 0, 20) }), 'critical'],
    ['2 % slow, which somebody allows', reading({ latency: latency(980, 20) }), 'ok', { slowPercent: 5 }],
    ['no latency is told', untimed(), 'ok'],
    ['upstreams answer 3 % with errors', reading({ forwarded: { NOERROR: 388, REFUSED: 12 } }), 'ok'],
    ['upstreams answer 5 % with errors', reading({ forwarded: { NOERROR: 380, SERVFAIL: 10, REFUSED: 10 } }), 'warning'],
    ['the cache answers little', reading({ cacheHits: 10 }), 'ok'],
    ['the cache answers too little', reading({ cacheHits: 10 }), 'warning', { leastCacheHitPercent: 20 }],
    ['there is no cache', reading({ cacheRequests: 0, cacheHits: 0 }), 'ok', { leastCacheHitPercent: 20 }],
    ['nothing was asked', reading(NOTHING), 'ok'],
  ])('%s: %3$s', (_name, of, verdict, options) => {
    expect(run([of], options).findings.map((finding) => finding.verdict)).toEqual([verdict]);
  });
});

describe('the last minutes count, and not the weeks before', () => {
  const before = reading({
    responses: { NOERROR: 1_000_000, SERVFAIL: 100 },
    latency: latency(1_000_000),
    panics: 3,
    healthcheckBroken: 9,
    concurrencyRejects: 4,
  });
  const since = (over: Partial<DnsCounters>) => reading({ ...before.counters, ...over });
  test.each<[string, DnsMetricsReading, Verdict]>([
    ['nothing new', since({}), 'ok'],
    ['a storm of SERVFAIL', since({ responses: { NOERROR: 1_000_100, SERVFAIL: 500 } }), 'critical'],
    ['a few new ones', since({ responses: { NOERROR: 1_001_000, SERVFAIL: 105 } }), 'ok'],
    ['slow ones', since({ responses: { NOERROR: 1_000_200, SERVFAIL: 100 }, latency: latency(1_000_100, 100) }), 'warning'],
    ['a panic', since({ panics: 4 }), 'warning'],
    ['every upstream was unhealthy', since({ healthcheckBroken: 10 }), 'warning'],
    ['requests were refused', since({ concurrencyRejects: 5 }), 'warning'],
    ['failed health checks of an upstream that recovered', since({ healthcheckFailures: { '10.0.0.2:53': 2 } }), 'ok'],
  ])('%s', (_name, of, verdict) => {
    const { findings } = run([of], {}, after([before]));
    expect(findings.map((finding) => [finding.verdict, finding.evidence['basis']])).toEqual([[verdict, 'window']]);
  });

  test('without an earlier reading old panics are told and not judged', () => {
    const [finding] = run([before]).findings;
    expect(finding).toMatchObject({ verdict: 'ok', evidence: { basis: 'process-life', panics: 3, healthcheckBroken: 9 } });
    expect(finding?.summary).toBe(
      '1 CoreDNS pod gave 1000100 answers since they started, 96 hours ago at the most, 0.01 % of them SERVFAIL.',
    );
  });
});

describe('pods that do not answer', () => {
  test('are unknown, each by itself', () => {
    const { findings } = run([reading(), silent('coredns-2')]);
    expect(findings.map(({ verdict, resource }) => [verdict, resource.id])).toEqual([
      ['ok', 'kube-system/coredns'],
      ['unknown', 'kube-system/coredns-2'],
    ]);
    expect(findings[1]?.summary).toBe('The counters of coredns-2 were not read: connection refused.');
  });

  test('leave nothing to judge where none does', () => {
    const { findings, metrics, readings } = run([silent('coredns-1'), silent('coredns-2')]);
    expect(findings.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
    expect({ metrics, readings }).toEqual({ metrics: [], readings: undefined });
  });

  test('no pod at all is not applicable', () => {
    expect(run([]).findings.map(({ verdict }) => verdict)).toEqual(['not-applicable']);
  });
});

describe('the limit of an interface', () => {
  const event = (over: Partial<Event> = {}): Event => ({
    namespace: 'default',
    reason: 'LinkLocalExceeded',
    message: 'link-local packets were dropped',
    involved: { kind: 'Node', name: 'n1' },
    count: 3,
    lastSeen: '2026-11-24T02:50:00Z',
    ...over,
  });
  const condition = { type: 'NetworkingReady', status: 'False', reason: 'LinkLocalExceeded' };
  test.each<[string, Given, Verdict, readonly string[] | null]>([
    ['nothing of it', {}, 'ok', []],
    ['an event of a node', { events: [event(), event()] }, 'warning', ['n1']],
    ['an old event', { events: [event({ lastSeen: '2026-11-24T01:00:00Z' })] }, 'ok', []],
    ['an event of another kind', { events: [event({ reason: 'PPSExceeded' })] }, 'ok', []],
    ['a condition of a node', { nodes: [aNode({ name: 'n2', conditions: [condition] })] }, 'warning', ['n2']],
    ['events were not read', { events: DENIED }, 'ok', null],
  ])('%s', (_name, over, verdict, linkLocalNodes) => {
    expect(run([reading()], {}, NO_HISTORY, over).findings[0]).toMatchObject({ verdict, evidence: { linkLocalNodes } });
  });
});

test('the finding names the numbers, and says which pod is worst', () => {
  const well = reading({}, 'coredns-1');
  const ill = reading(
    {
      responses: { NOERROR: 500, SERVFAIL: 500 },
      latency: latency(500, 0, 500),
      forwarded: { NOERROR: 300, SERVFAIL: 100 },
      healthcheckFailures: { '10.0.0.2:53': 40 },
      version: '1.11.3',
    },
    'coredns-2',
  );
  const before = [reading(NOTHING, 'coredns-1'), reading(NOTHING, 'coredns-2')];
  const { findings, metrics } = run([well, ill, silent('coredns-3')], {}, after(before));
  expect(findings[0]).toEqual({
    verdict: 'critical',
    resource: { kind: 'deployment', id: 'kube-system/coredns', name: 'coredns' },
    summary:
      '2 CoreDNS pods gave 2000 answers in the last 5 minutes, 25 % of them SERVFAIL; that is above 10 %; 25 % take more than 4000 ms; ' +
      '12.5 % of the answers of upstreams are errors.',
    evidence: {
      basis: 'window',
      since: EARLIER,
      podsRead: 2,
      podsUnread: 1,
      responses: 2000,
      servfailPercent: 25,
      slowPercent: 25,
      verySlowPercent: 25,
      latencyP50Ms: 0.667,
      latencyP99Ms: 7840,
      forwardErrorPercent: 12.5,
      healthcheckFailures: 40,
      unhealthyUpstreams: { '10.0.0.2:53': 40 },
      healthcheckBroken: 0,
      concurrencyRejects: 0,
      cacheHitPercent: 60,
      panics: 0,
      worstPod: { pod: 'coredns-2', servfailPercent: 50 },
      linkLocalNodes: [],
      versions: ['1.11.3', '1.12.4'],
    },
    timeToImpact: 'immediate',
  });
  expect(metrics).toEqual([
    { name: 'DnsServfailPercent', value: 25 },
    { name: 'DnsSlowPercent', value: 25 },
  ]);
});

test('over the life of the processes there is no sample of now', () => {
  expect(run([servfail(50)]).metrics).toEqual([]);
});

test('what it keeps, it has declared', () => {
  const { readings = [] } = run([reading()]);
  expect(new Set(readings.map(({ series }) => series))).toEqual(new Set(Object.keys(check.history ?? {})));
  expect(new Set(readings.map(({ series, id }) => `${series} ${id}`)).size).toBe(readings.length);
  expect(Date.parse(NOW)).toBeGreaterThan(Date.parse(EARLIER));
});
