import pLimit from 'p-limit';
import { ipamdCounters } from '#lib/collect/kubernetes/ipamd-counters.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Where ipamd serves its metrics. Source: amazon-vpc-cni-k8s README.md, "Metrics"; cmd/aws-k8s-agent/main.go. */
const PORT = 61678;
/** Nodes that are asked in one run; of more, an evenly spaced sample. */
const MOST_NODES = 200;
/** Fewer than the connection's sockets: nodes that hang must not keep the lists waiting. */
const AT_ONCE = 4;
/** Nodes that do not answer in time before the others are left out: two hundred time-outs would use up the whole run. */
const MOST_SILENT = 12;
/** Bytes; a node's metrics are some 50 kB. */
const LIMIT = 1024 * 1024;

/** The VPC CNI's own counters on each node, through the API server. A node that does not answer is stated, and the others go on. */
export const ipamd = defineCollector({
  key: 'ipamd',
  needs: ['pods'],
  optIn: true,
  permissions: { aws: [], kubernetes: [{ apiGroup: '', resources: ['pods/proxy'], verbs: ['get'] }] },
  async collect({ kubernetes }, { pods }) {
    const agents = need(pods, 'pods').filter(
      ({ labels, phase, nodeName }) => labels['k8s-app'] === 'aws-node' && phase === 'Running' && nodeName !== undefined,
    );
    const [first, ...others] = sample(agents);
    if (first === undefined) return [];
    const silent = { count: 0 };
    // Alone: where nobody may ask, it is refused once and not on every node.
    const reading = await read(kubernetes, first, silent);
    return [reading, ...(await pLimit(AT_ONCE).map(others, (agent) => read(kubernetes, agent, silent)))];
  },
});

function sample(agents: readonly Pod[]): readonly Pod[] {
  if (agents.length <= MOST_NODES) return agents;
  return Array.from({ length: MOST_NODES }, (_, at) => agents[Math.floor((at * agents.length) / MOST_NODES)]).filter(
    (agent) => agent !== undefined,
  );
}

/** @throws ReadFailure where nobody may ask: a failure of the source, and not of this node */
async function read(
  kubernetes: KubernetesReader,
  { namespace, name, nodeName = '' }: Pod,
  silent: { count: number },
): Promise<IpamdReading> {
  const at = { nodeName, podName: name };
  if (silent.count >= MOST_SILENT)
    return { ...at, unread: `It was not asked, since ${MOST_SILENT} nodes gave no answer in time.` };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}:${PORT}/proxy/metrics`;
  try {
    const text = await kubernetes.text({ path, apiGroup: '', resource: 'pods/proxy', limit: LIMIT });
    const counters = ipamdCounters(text);
    return counters === undefined
      ? { ...at, unread: `Port ${PORT} answers without any metric of ipamd.` }
      : { ...at, ...counters };
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.code === 'Forbidden' || error.code === 'Unauthorized') throw error;
    if (error.code === 'DeadlineExceeded') silent.count += 1;
    return { ...at, unread: error.message };
  }
}
