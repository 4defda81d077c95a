import { type JsonObject, number, object, objects, present, text, textMap, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata, selector } from '#lib/collect/kubernetes/metadata.ts';
import { ownership } from '#lib/collect/kubernetes/ownership.ts';
import { memoryLimit } from '#lib/collect/kubernetes/pods.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';

/** Every namespace: operators move their CNI. */
export const daemonSets = defineCollector({
  key: 'daemonSets',
  needs: ['cluster'],
  permissions: kubernetesLists('apps', 'daemonsets'),
  collect: ({ kubernetes }) =>
    kubernetes.list(
      { path: '/apis/apps/v1/daemonsets', apiGroup: 'apps', resource: 'daemonsets', keepManagedFields: true },
      toDaemonSet,
    ),
});

function toDaemonSet(item: JsonObject): DaemonSet {
  const meta = metadata(item);
  const spec = object(item['spec']);
  const status = object(item['status']);
  const pod = object(object(spec['template'])['spec']);
  const maxUnavailable = object(object(spec['updateStrategy'])['rollingUpdate'])['maxUnavailable'];
  return {
    namespace: meta.namespace,
    name: meta.name,
    labels: meta.labels,
    ...ownership(item),
    selector: selector(spec['selector']) ?? {},
    hostNetwork: pod['hostNetwork'] === true,
    nodeSelector: textMap(pod['nodeSelector']),
    nodeAffinity: requiredNodeAffinity(pod),
    tolerations: objects(pod['tolerations']).map(({ key, operator, value, effect }) =>
      present({ key: text(key), operator: text(operator), value: text(value), effect: text(effect) }),
    ),
    containers: [
      ...objects(pod['initContainers']).map((container) => toContainer(container, true)),
      ...objects(pod['containers']).map((container) => toContainer(container, false)),
    ],
    generation: number(object(item['metadata'])['generation']) ?? 0,
    observedGeneration: number(status['observedGeneration']) ?? 0,
    desired: number(status['desiredNumberScheduled']) ?? 0,
    current: number(status['currentNumberScheduled']) ?? 0,
    ready: number(status['numberReady']) ?? 0,
    available: number(status['numberAvailable']) ?? 0,
    updated: number(status['updatedNumberScheduled']) ?? 0,
    ...present({
      serviceAccountName: text(pod['serviceAccountName']),
      maxUnavailable: text(maxUnavailable) ?? number(maxUnavailable)?.toString(),
    }),
  };
}

/** `matchFields` is left out: it pins single nodes by name, which the DaemonSet controller does itself. */
function requiredNodeAffinity(pod: JsonObject): DaemonSet['nodeAffinity'] {
  const affinity = object(object(pod['affinity'])['nodeAffinity']);
  const required = object(affinity['requiredDuringSchedulingIgnoredDuringExecution']);
  return objects(required['nodeSelectorTerms']).map(({ matchExpressions }) =>
    objects(matchExpressions).map(({ key, operator, values }) => ({
      key: text(key) ?? '',
      operator: text(operator) ?? '',
      values: texts(values),
    })),
  );
}

function toContainer(container: JsonObject, init: boolean): DaemonSet['containers'][number] {
  return {
    name: text(container['name']) ?? '',
    image: text(container['image']) ?? '',
    init,
    env: literalEnv(container['env']),
    args: texts(container['args']),
    ...present({ memoryLimit: memoryLimit(container) }),
  };
}

/** An empty value may be left out on the wire; one from a ConfigMap or a Secret is not ours to read. */
function literalEnv(env: unknown): Record<string, string> {
  return Object.fromEntries(
    objects(env).flatMap(({ name, value, valueFrom }) => {
      const key = text(name);
      return key === undefined || valueFrom !== undefined ? [] : [[key, text(value) ?? '']];
    }),
  );
}
