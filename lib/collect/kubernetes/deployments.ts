import { conditions } from '#lib/collect/kubernetes/conditions.ts';
import { type JsonObject, number, object, objects, present, text, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata, selector } from '#lib/collect/kubernetes/metadata.ts';
import { ownership } from '#lib/collect/kubernetes/ownership.ts';
import { memoryLimit } from '#lib/collect/kubernetes/pods.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { Deployment } from '#lib/model/kubernetes.ts';

/** Of kube-system, where cluster DNS lives. */
export const deployments = defineCollector({
  key: 'deployments',
  needs: ['cluster'],
  permissions: kubernetesLists('apps', 'deployments'),
  collect: ({ kubernetes }) =>
    kubernetes.list(
      {
        path: '/apis/apps/v1/namespaces/kube-system/deployments',
        apiGroup: 'apps',
        resource: 'deployments',
        keepManagedFields: true,
      },
      toDeployment,
    ),
});

function toDeployment(item: JsonObject): Deployment {
  const { namespace, name, labels } = metadata(item);
  const spec = object(item['spec']);
  const status = object(item['status']);
  const pod = object(object(spec['template'])['spec']);
  const { maxUnavailable, maxSurge } = object(object(spec['strategy'])['rollingUpdate']);
  return {
    namespace,
    name,
    labels,
    ...ownership(item),
    selector: selector(spec['selector']) ?? {},
    // As the API server fills it in.
    desired: number(spec['replicas']) ?? 1,
    current: number(status['replicas']) ?? 0,
    ready: number(status['readyReplicas']) ?? 0,
    available: number(status['availableReplicas']) ?? 0,
    updated: number(status['updatedReplicas']) ?? 0,
    generation: number(object(item['metadata'])['generation']) ?? 0,
    observedGeneration: number(status['observedGeneration']) ?? 0,
    conditions: conditions(status['conditions']),
    spread: [...spreadConstraints(pod), ...antiAffinity(pod)],
    containers: [
      ...objects(pod['initContainers']).map((container) => toContainer(container, true)),
      ...objects(pod['containers']).map((container) => toContainer(container, false)),
    ],
    ...present({ maxUnavailable: numberOrPercent(maxUnavailable), maxSurge: numberOrPercent(maxSurge) }),
  };
}

const numberOrPercent = (value: unknown): string | undefined => text(value) ?? number(value)?.toString();

function spreadConstraints(pod: JsonObject): Deployment['spread'] {
  return objects(pod['topologySpreadConstraints']).flatMap(({ topologyKey, whenUnsatisfiable }) => {
    const key = text(topologyKey);
    return key === undefined ? [] : [{ topologyKey: key, by: 'spread', required: whenUnsatisfiable === 'DoNotSchedule' }];
  });
}

function antiAffinity(pod: JsonObject): Deployment['spread'] {
  const affinity = object(object(pod['affinity'])['podAntiAffinity']);
  const required = objects(affinity['requiredDuringSchedulingIgnoredDuringExecution']);
  const preferred = objects(affinity['preferredDuringSchedulingIgnoredDuringExecution']).map(({ podAffinityTerm }) =>
    object(podAffinityTerm),
  );
  const toSpread = (terms: readonly JsonObject[], isRequired: boolean) =>
    terms.flatMap((term): Deployment['spread'] => {
      const topologyKey = text(term['topologyKey']);
      return topologyKey === undefined ? [] : [{ topologyKey, by: 'anti-affinity', required: isRequired }];
    });
  return [...toSpread(required, true), ...toSpread(preferred, false)];
}

function toContainer(container: JsonObject, init: boolean): Deployment['containers'][number] {
  return {
    name: text(container['name']) ?? '',
    image: text(container['image']) ?? '',
    init,
    args: texts(container['args']),
    ...present({ memoryLimit: memoryLimit(container) }),
  };
}
