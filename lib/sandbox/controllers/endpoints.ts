import { addressesOfPod, nodeOf } from '#lib/sandbox/controllers/pod-state.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import { matchesLabels } from '#lib/sandbox/match-labels.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

const SERVICES = { apiVersion: 'v1', plural: 'services' };
const SLICES = { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices' };
const NODES = { apiVersion: 'v1', plural: 'nodes' };

/** Keeps the endpoint of a pod in the slices of the Services that select it: none where it is not ready. */
export function endpointChanged(cluster: LiveCluster, pod: KubernetesObject, ready: KubernetesObject | undefined): void {
  const { store } = cluster;
  const { namespace, labels = {}, name } = pod.metadata;
  for (const service of store.find(SERVICES)?.items ?? []) {
    const { selector } = service['spec'] as { readonly selector?: Readonly<Record<string, string>> };
    if (selector === undefined || service.metadata.namespace !== namespace || !matchesLabels({ matchLabels: selector }, labels))
      continue;
    const slice = (store.find(SLICES)?.items ?? []).find(
      ({ metadata }) =>
        metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
    );
    if (slice === undefined) continue;
    const endpoints = (slice['endpoints'] ?? []) as readonly { readonly targetRef?: { readonly name: string } }[];
    const others = endpoints.filter(({ targetRef }) => targetRef?.name !== name);
    store.replace(SLICES, { ...slice, endpoints: [...others, ...(ready === undefined ? [] : [endpointOf(cluster, ready)])] });
  }
}

function endpointOf({ store }: LiveCluster, pod: KubernetesObject): JsonObject {
  const nodeName = nodeOf(pod);
  const zone = store.get(NODES, undefined, nodeName ?? '')?.metadata.labels?.['topology.kubernetes.io/zone'];
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: addressesOfPod(pod),
    conditions: { ready: true, serving: true, terminating: false },
    nodeName,
    ...(zone === undefined ? {} : { zone }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}
