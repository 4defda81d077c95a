import { dnsCounters } from '#lib/collect/kubernetes/dns-counters.ts';
import { askPods } from '#lib/collect/kubernetes/proxied-pods.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Where CoreDNS serves its metrics unless its pod says otherwise. Source: coredns plugin/metrics/README.md. */
const PORT = 9153;
/** Pods that are asked in one run. */
const MOST_PODS = 50;
/** Bytes: many zones and upstreams make some 200 kB. */
const LIMIT = 4 * 1024 * 1024;

/** CoreDNS's own counters, a pod at a time. */
export const dnsMetrics = defineCollector({
  key: 'dnsMetrics',
  needs: ['pods'],
  optIn: true,
  permissions: { aws: [], kubernetes: [{ apiGroup: '', resources: ['pods/proxy'], verbs: ['get'] }] },
  async collect({ kubernetes }, { pods }) {
    const coreDns = need(pods, 'pods').filter(
      ({ namespace, labels, phase }) => namespace === 'kube-system' && labels['k8s-app'] === 'kube-dns' && phase === 'Running',
    );
    const asked = await askPods(kubernetes, coreDns, { port: metricsPort, path: 'metrics', limit: LIMIT, most: MOST_PODS });
    return asked.map(({ pod: { name, nodeName = '' }, answer }) => {
      const at = { podName: name, nodeName };
      if ('unread' in answer) return { ...at, unread: answer.unread };
      const counters = dnsCounters(answer.text);
      return counters === undefined ? { ...at, unread: 'It answers without any metric of CoreDNS.' } : { ...at, counters };
    });
  },
});

function metricsPort({ containers }: Pod): number {
  const ports = containers.flatMap((container) => container.ports);
  return ports.find(({ name }) => name === 'metrics')?.containerPort ?? PORT;
}
