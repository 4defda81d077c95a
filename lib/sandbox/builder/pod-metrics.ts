import { ago } from '#lib/sandbox/builder/ago.ts';
import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import type { ClusterSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { agentPodName, hasAgent } from '#lib/sandbox/builder/workload.ts';
import type { KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';

/**
 * What the metrics server says of the agents; of other pods it is not asked. Nothing is served where none is registered.
 * Source: metrics-server pkg/api/pod.go, which copies a pod's labels, and the shapes of k8s.io/metrics pkg/apis/metrics/v1beta1.
 */
export function podMetricsKind({ now }: WorldSpec, spec: ClusterSpec, nodes: readonly ClusterNode[]): KubernetesResource[] {
  const { agentMebibytes } = spec;
  if (agentMebibytes === undefined) return [];
  const timestamp = ago(now, 20);
  const items = nodes
    .filter(({ group }) => hasAgent(group))
    .map((node): KubernetesObject => {
      const mebibytes = agentMebibytes.of?.[node.ordinal] ?? agentMebibytes.each;
      return {
        metadata: {
          name: agentPodName(node),
          namespace: 'kube-system',
          creationTimestamp: timestamp,
          labels: { 'k8s-app': 'aws-node' },
        },
        timestamp,
        window: '15.084s',
        containers: [{ name: 'aws-node', usage: { cpu: '4123456n', memory: `${mebibytes * 1024}Ki` } }],
      };
    });
  return [{ apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', plural: 'pods', namespaced: true, items }];
}
