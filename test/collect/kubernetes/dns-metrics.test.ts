import { describe, expect, test } from 'vitest';
import { dnsCounters } from '#lib/collect/kubernetes/dns-counters.ts';
import { dnsMetrics } from '#lib/collect/kubernetes/dns-metrics.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { DnsCounters } from '#lib/model/dns-metrics.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { aPod, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

const NEW = `# HELP coredns_build_info A metric with a constant '1' value.
# TYPE coredns_build_info gauge
coredns_build_info{goversion="go1.24",revision="abc",version="1.12.4"} 1
process_start_time_seconds 1.7639568e+09
coredns_dns_responses_total{plugin="kubernetes",rcode="NOERROR",server="dns://:53",view="",zone="."} 900
coredns_dns_responses_total{plugin="forward",rcode="NOERROR",server="dns://:53",view="",zone="."} 50
coredns_dns_responses_total{plugin="",rcode="SERVFAIL",server="dns://:53",view="",zone="."} 50
coredns_dns_request_duration_seconds_bucket{server="dns://:53",view="",zone=".",le="0.00025"} 800
coredns_dns_request_duration_seconds_bucket{server="dns://:53",view="",zone=".",le="0.0005"} 900
coredns_dns_request_duration_seconds_bucket{server="dns://:53",view="",zone=".",le="+Inf"} 1000
coredns_dns_request_duration_seconds_bucket{server="dns://:54",view="",zone=".",le="0.00025"} 1
coredns_dns_request_duration_seconds_bucket{server="dns://:54",view="",zone=".",le="0.0005"} 1
coredns_dns_request_duration_seconds_bucket{server="dns://:54",view="",zone=".",le="+Inf"} 1
coredns_panics_total 2
coredns_cache_requests_total{server="dns://:53",zones="."} 1000
coredns_cache_hits_total{server="dns://:53",type="success",zones="."} 600
coredns_cache_hits_total{server="dns://:53",type="denial",zones="."} 100
coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="NOERROR",to="10.0.0.2:53"} 50
coredns_proxy_request_duration_seconds_count{proxy_name="grpc",rcode="NOERROR",to="10.0.0.9:53"} 7
coredns_proxy_healthcheck_failures_total{proxy_name="forward",to="10.0.0.2:53"} 3
coredns_forward_healthcheck_broken_total 1
coredns_forward_max_concurrent_rejects_total 4
`;

const OLD = `coredns_dns_responses_total{rcode="NOERROR"} 1
coredns_cache_hits_total{type="success"} 3
coredns_cache_misses_total 1
coredns_forward_responses_total{rcode="SERVFAIL",to="10.0.0.2:53"} 5
coredns_forward_healthcheck_failures_total{to="10.0.0.2:53"} 6
`;

const NONE: DnsCounters = {
  responses: {},
  panics: 0,
  cacheRequests: 0,
  cacheHits: 0,
  forwarded: {},
  healthcheckFailures: {},
  healthcheckBroken: 0,
  concurrencyRejects: 0,
};

describe('the counters of a scrape', () => {
  test.each<[string, string, DnsCounters | undefined]>([
    [
      'of CoreDNS 1.12',
      NEW,
      {
        startedAt: 1763956800,
        version: '1.12.4',
        responses: { NOERROR: 950, SERVFAIL: 50 },
        latency: {
          buckets: [
            { le: 0.00025, count: 801 },
            { le: 0.0005, count: 901 },
          ],
          count: 1001,
        },
        panics: 2,
        cacheRequests: 1000,
        cacheHits: 700,
        forwarded: { NOERROR: 50 },
        healthcheckFailures: { '10.0.0.2:53': 3 },
        healthcheckBroken: 1,
        concurrencyRejects: 4,
      },
    ],
    [
      'of CoreDNS 1.7, which counts otherwise',
      OLD,
      {
        ...NONE,
        responses: { NOERROR: 1 },
        cacheRequests: 4,
        cacheHits: 3,
        forwarded: { SERVFAIL: 5 },
        healthcheckFailures: { '10.0.0.2:53': 6 },
      },
    ],
    ['with CRLF', OLD.replaceAll('\n', '\r\n').slice(0, 50), { ...NONE, responses: { NOERROR: 1 } }],
    ['of a process that has answered nothing yet', 'coredns_panics_total 0\n', NONE],
    ['of something else', 'go_goroutines 12\n', undefined],
    ['that is a page of HTML', '<html>coredns_panics_total</html>', undefined],
  ])('%s', (_name, text, counters) => {
    expect(dnsCounters(text)).toEqual(counters);
  });
});

/** Collects from these pods, which answer by name. */
async function collected(pods: readonly Pod[], answer: (path: string) => string) {
  const asked: string[] = [];
  const kubernetes = {
    text: async ({ path }: { path: string }) => {
      asked.push(path);
      return answer(path);
    },
  } as unknown as KubernetesReader;
  const { slices } = aSnapshot({ pods: [...pods] });
  const readings = await dnsMetrics.collect({ kubernetes } as Sources, slices);
  return { asked, readings };
}

const coreDns = (name: string, over: Partial<Pod> = {}) =>
  aPod({ namespace: 'kube-system', name, labels: { 'k8s-app': 'kube-dns' }, nodeName: 'n1', ...over });
const fail = (code: 'Forbidden' | 'DeadlineExceeded' | 'ServiceError') => () => {
  throw new ReadFailure(code, `it answered ${code}`, 'look');
};

describe('the collector', () => {
  test('asks each CoreDNS pod that runs, on its port of metrics', async () => {
    const container = { name: 'coredns', image: 'i', init: false, ready: true, restartCount: 0 };
    const { asked, readings } = await collected(
      [
        coreDns('a'),
        coreDns('b', { containers: [{ ...container, ports: [{ name: 'metrics', containerPort: 9999, protocol: 'TCP' }] }] }),
        coreDns('c', { phase: 'Pending' }),
        coreDns('d', { namespace: 'shop' }),
        aPod(),
      ],
      () => OLD,
    );
    expect(asked).toEqual([
      '/api/v1/namespaces/kube-system/pods/a:9153/proxy/metrics',
      '/api/v1/namespaces/kube-system/pods/b:9999/proxy/metrics',
    ]);
    expect(readings).toMatchObject([
      { podName: 'a', nodeName: 'n1', counters: { cacheHits: 3 } },
      { podName: 'b', nodeName: 'n1', counters: { cacheHits: 3 } },
    ]);
  });

  test('states a pod that does not answer, and goes on', async () => {
    const { readings } = await collected([coreDns('a'), coreDns('b')], (path) =>
      path.includes('/a:') ? fail('ServiceError')() : 'no metric',
    );
    expect(readings).toEqual([
      { podName: 'a', nodeName: 'n1', unread: 'it answered ServiceError' },
      { podName: 'b', nodeName: 'n1', unread: 'It answers without any metric of CoreDNS.' },
    ]);
  });

  test('gives up where nobody may ask, after the first answers', async () => {
    const pods = Array.from({ length: 40 }, (_, at) => coreDns(`p${at}`));
    await expect(collected(pods, fail('Forbidden'))).rejects.toMatchObject({ code: 'Forbidden' });
  });

  test('leaves the others out once many gave no answer in time', async () => {
    const pods = Array.from({ length: 40 }, (_, at) => coreDns(`p${at}`));
    const { asked, readings } = await collected(pods, fail('DeadlineExceeded'));
    expect(asked.length).toBeLessThan(20);
    expect(readings).toHaveLength(40);
  });

  test('asks an evenly spaced sample of many', async () => {
    const { asked } = await collected(
      Array.from({ length: 200 }, (_, at) => coreDns(`p${at}`)),
      () => OLD,
    );
    expect(asked).toHaveLength(50);
    expect(asked[1]).toContain('/p4:');
  });

  test('cannot ask without the list of pods', async () => {
    const { slices } = aSnapshot({ pods: DENIED });
    await expect(dnsMetrics.collect({} as Sources, slices)).rejects.toMatchObject({ code: 'InputMissing' });
  });
});
