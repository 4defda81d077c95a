import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object, objects, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import { ABSENT } from '#lib/model/collector.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { PodMetrics } from '#lib/model/pod-metrics.ts';
import { findCnis } from '#lib/network/cni.ts';

const GROUP = 'metrics.k8s.io';

/**
 * What the CNIs' agents use: a list for each DaemonSet, by its namespace and labels, which the metrics server heeds (metrics-server
 * pkg/api/pod.go). What other pods use is nobody's business here. ABSENT where no metrics server is registered; one that does not
 * answer is a failure.
 */
export const podMetrics = defineCollector({
  key: 'podMetrics',
  needs: ['cluster', 'daemonSets'],
  permissions: kubernetesLists(GROUP, 'pods'),
  async collect({ kubernetes }, { daemonSets }) {
    const cnis = findCnis(need(daemonSets, 'daemonSets'));
    const lists = await Promise.all(
      cnis.map(({ daemonSet }) =>
        listCustom(kubernetes, { group: GROUP, resource: 'pods', ...podsOf(daemonSet) }, (item) => toPodMetrics(item)),
      ),
    );
    const measured = lists.filter((list) => list !== ABSENT);
    return measured.length < lists.length ? ABSENT : measured.flat();
  },
});

function podsOf({ namespace, selector }: DaemonSet): { namespace: string; query: Record<string, string> } {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return { namespace, query: labels.length === 0 ? {} : { labelSelector: labels.join(',') } };
}

function toPodMetrics(item: JsonObject): PodMetrics {
  const { namespace, name } = metadata(item);
  return {
    namespace,
    name,
    containers: objects(item['containers']).map((container) => ({
      name: text(container['name']) ?? '',
      ...present({ memory: text(object(container['usage'])['memory']) }),
    })),
    ...present({ timestamp: text(item['timestamp']) }),
  };
}
