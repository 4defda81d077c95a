import { ipamdCounters } from '#lib/collect/kubernetes/ipamd-counters.ts';
import { askPods, type Proxied } from '#lib/collect/kubernetes/proxied-pods.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';

/** Where ipamd serves its metrics. Source: amazon-vpc-cni-k8s README.md, "Metrics"; cmd/aws-k8s-agent/main.go. */
const PORT = 61678;
/** Nodes that are asked in one run. */
const MOST_NODES = 200;
/** Bytes; a node's metrics are some 50 kB. */
const LIMIT = 1024 * 1024;

/** The VPC CNI's own counters on each node, through the API server. */
export const ipamd = defineCollector({
  key: 'ipamd',
  needs: ['pods'],
  optIn: true,
  permissions: { aws: [], kubernetes: [{ apiGroup: '', resources: ['pods/proxy'], verbs: ['get'] }] },
  async collect({ kubernetes }, { pods }) {
    const agents = need(pods, 'pods').filter(
      ({ labels, phase, nodeName }) => labels['k8s-app'] === 'aws-node' && phase === 'Running' && nodeName !== undefined,
    );
    const asked = await askPods(kubernetes, agents, { port: () => PORT, path: 'metrics', limit: LIMIT, most: MOST_NODES });
    return asked.map(toReading);
  },
});

function toReading({ pod: { name, nodeName = '' }, answer }: Proxied): IpamdReading {
  const at = { nodeName, podName: name };
  if ('unread' in answer) return { ...at, unread: answer.unread };
  const counters = ipamdCounters(answer.text);
  return counters === undefined ? { ...at, unread: `Port ${PORT} answers without any metric of ipamd.` } : { ...at, ...counters };
}
