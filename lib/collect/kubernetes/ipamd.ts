import pLimit from 'p-limit';
import { prometheusSamples } from '#lib/collect/kubernetes/prometheus-text.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';
import type { Pod } from '#lib/model/kubernetes.ts';

/** Where ipamd serves its metrics. Source: amazon-vpc-cni-k8s README.md, "AWS_VPC_K8S_CNI... metrics". */
const PORT = 61678;
/** Nodes that are asked in one run; of more, an evenly spaced sample. */
const MOST_NODES = 200;
const AT_ONCE = 8;
/** Bytes; a node's metrics are some 50 kB. */
const LIMIT = 1024 * 1024;

/** Counted by API and error. */
const ERRORS = /^awscni_(ec2api|aws_api)_error_count$/;

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
    const refused = { failure: undefined as ReadFailure | undefined };
    const readings = await pLimit(AT_ONCE).map(sample(agents), (agent) => read(kubernetes, agent, refused));
    // Nobody may ask: that is one failure of the source, not one of each node.
    if (refused.failure !== undefined) throw refused.failure;
    return readings;
  },
});

function sample(agents: readonly Pod[]): readonly Pod[] {
  if (agents.length <= MOST_NODES) return agents;
  return Array.from({ length: MOST_NODES }, (_, at) => agents[Math.floor((at * agents.length) / MOST_NODES)]).filter(
    (agent) => agent !== undefined,
  );
}

async function read(
  kubernetes: KubernetesReader,
  { namespace, name, nodeName = '' }: Pod,
  refused: { failure: ReadFailure | undefined },
): Promise<IpamdReading> {
  const at = { nodeName, podName: name };
  if (refused.failure !== undefined) return at;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}:${PORT}/proxy/metrics`;
  try {
    const text = await kubernetes.text({ path, apiGroup: '', resource: 'pods/proxy', limit: LIMIT });
    return { ...at, ...fold(text) };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    if (error.code === 'Forbidden' || error.code === 'Unauthorized') refused.failure = error;
    return { ...at, unread: error.message };
  }
}

function fold(text: string): Pick<IpamdReading, 'metrics' | 'ec2Errors' | 'unread'> {
  const metrics: Record<string, number> = {};
  const ec2Errors: Record<string, number> = {};
  for (const { name, labels, value } of prometheusSamples(text)) {
    if (!name.startsWith('awscni_')) continue;
    metrics[name] = (metrics[name] ?? 0) + value;
    if (ERRORS.test(name)) {
      const key = Object.values(labels).join(' ');
      ec2Errors[key] = (ec2Errors[key] ?? 0) + value;
    }
  }
  return Object.keys(metrics).length === 0 ? { unread: `${PORT} answered without any awscni_ metric` } : { metrics, ec2Errors };
}
