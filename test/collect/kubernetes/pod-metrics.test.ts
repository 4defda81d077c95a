import { describe, expect, it } from 'vitest';
import { toDiscovery } from '#lib/collect/kubernetes/discovery.ts';
import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import { podMetrics } from '#lib/collect/kubernetes/pod-metrics.ts';
import type { KubernetesList, KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { ABSENT } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { aDaemonSet, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

const VERSION = { version: 'v1beta1' };
const SERVED = { kind: 'APIGroupDiscoveryList', items: [group([{ ...VERSION, resources: [{ resource: 'pods' }] }])] };
/** As the API server has it while the extension API server behind the group does not answer. */
const STALE = { kind: 'APIGroupDiscoveryList', items: [group([{ ...VERSION, freshness: 'Stale' }])] };
const WITHOUT = { kind: 'APIGroupDiscoveryList', items: [] };

function group(versions: readonly object[]): object {
  return { metadata: { name: 'metrics.k8s.io' }, versions };
}

const CILIUM = aDaemonSet({
  namespace: 'cilium',
  name: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  selector: { matchLabels: { 'k8s-app': 'cilium', 'app.kubernetes.io/part-of': 'cilium' } },
  containers: [{ name: 'cilium-agent', image: 'cilium:v1.18.2', init: false, env: {}, args: [] }],
});
const PROXY = aDaemonSet({
  name: 'kube-proxy',
  containers: [{ name: 'kube-proxy', image: 'x', init: false, env: {}, args: [] }],
});

/** Runs the collector; what it asked for, and what it gave. */
async function collect(
  daemonSets: readonly DaemonSet[] | typeof DENIED,
  { discovery = SERVED, answer = [] }: { discovery?: object; answer?: readonly JsonObject[] | ReadFailure } = {},
) {
  const lists: KubernetesList[] = [];
  const request = { operation: '', apiGroup: '', resource: '', server: '', advice: { unreachable: '', unauthorized: '' } };
  const kubernetes: Pick<KubernetesReader, 'list' | 'discovery'> = {
    list: async (list, map) => {
      lists.push(list);
      if (answer instanceof ReadFailure) throw answer;
      return answer.map(map);
    },
    discovery: async () => toDiscovery(discovery, request),
  };
  const { slices } = aSnapshot({ daemonSets: Array.isArray(daemonSets) ? [...daemonSets] : DENIED });
  const data = await podMetrics.collect({ kubernetes } as Sources, slices).catch((error: unknown) => error);
  return { data, asked: lists.map(({ path, query }) => [path, query]) };
}

const UNAVAILABLE = new ReadFailure('ServiceError', 'GET … answered 503, on every attempt.', 'look');
const PODS = (namespace: string) => `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;

describe('what the agents of the CNIs use', () => {
  it('is asked for by the labels of each DaemonSet, and of no other pods', async () => {
    const { asked } = await collect([awsNode(), PROXY, CILIUM]);
    expect(asked).toEqual([
      [PODS('kube-system'), { labelSelector: 'k8s-app=aws-node' }],
      [PODS('cilium'), { labelSelector: 'k8s-app=cilium,app.kubernetes.io/part-of=cilium' }],
    ]);
  });

  it('is kept as the metrics server writes it', async () => {
    const item = {
      metadata: { name: 'aws-node-x1', namespace: 'kube-system', labels: { 'k8s-app': 'aws-node' } },
      timestamp: '2026-11-24T03:00:00Z',
      window: '15.1s',
      containers: [{ name: 'aws-node', usage: { cpu: '4123456n', memory: '61440Ki' } }, { name: 'aws-eks-nodeagent' }],
    };
    expect((await collect([awsNode()], { answer: [item] })).data).toEqual([
      {
        namespace: 'kube-system',
        name: 'aws-node-x1',
        timestamp: '2026-11-24T03:00:00Z',
        containers: [{ name: 'aws-node', memory: '61440Ki' }, { name: 'aws-eks-nodeagent' }],
      },
    ]);
  });

  it.each<[string, Parameters<typeof collect>, unknown]>([
    ['without a metrics server: absent', [[awsNode()], { discovery: WITHOUT }], ABSENT],
    ['a metrics server that answers 503: a failure', [[awsNode()], { answer: UNAVAILABLE }], UNAVAILABLE],
    ['the same, known as stale', [[awsNode()], { discovery: STALE, answer: UNAVAILABLE }], UNAVAILABLE],
    ['no agent: nothing is asked', [[PROXY]], []],
    ['DaemonSets that were not read', [DENIED], expect.objectContaining({ code: 'InputMissing' })],
  ])('%s', async (_situation, given, expected) => {
    expect((await collect(...given)).data).toEqual(expected);
  });
});
