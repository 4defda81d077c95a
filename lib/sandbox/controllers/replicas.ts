/** Deployments and their ReplicaSets, as far as their pods show: worlds have no ReplicaSets. */
import { createHash, randomUUID } from 'node:crypto';
import { isReady, nodeOf, ownerOf, podStatus } from '#lib/sandbox/controllers/pod-state.ts';
import { scheduled } from '#lib/sandbox/controllers/schedule.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import { matchesLabels } from '#lib/sandbox/match-labels.ts';
import { isEqual } from '#lib/sandbox/patch/json-object.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments' };
const PODS = { apiVersion: 'v1', plural: 'pods' };
const HASH = 'pod-template-hash';

/** The Deployment that a pod is of. */
export function deploymentOf({ store }: LiveCluster, { metadata }: KubernetesObject): KubernetesObject | undefined {
  return (store.find(DEPLOYMENTS)?.items ?? []).find(
    (deployment) =>
      deployment.metadata.namespace === metadata.namespace &&
      matchesLabels(
        (deployment['spec'] as { selector?: JsonObject }).selector ?? { matchLabels: { '': '' } },
        metadata.labels ?? {},
      ),
  );
}

/** Makes up for a pod of a ReplicaSet that is gone, unless its Deployment has enough. */
export function replace(cluster: LiveCluster, gone: KubernetesObject): void {
  const deployment = deploymentOf(cluster, gone);
  if (deployment !== undefined) {
    rollDeployment(cluster, deployment);
    return;
  }
  const { labels, ownerReferences } = gone.metadata as KubernetesObject['metadata'] & { ownerReferences?: readonly JsonObject[] };
  const { nodeName: _, ...spec } = gone['spec'] as JsonObject;
  make(cluster, gone.metadata.namespace ?? '', ownerOf(gone)?.name ?? gone.metadata.name, { labels, ownerReferences, spec });
}

/** One step of a rolling update with a surge of one: another pod is made, and once it is ready an outdated one goes. */
export function rollDeployment(cluster: LiveCluster, { metadata: { namespace = '', name } }: KubernetesObject): void {
  const { store } = cluster;
  const deployment = store.get(DEPLOYMENTS, namespace, name);
  if (deployment === undefined) return;
  const { replicas = 1, template } = deployment['spec'] as { readonly replicas?: number; readonly template: Template };
  const pods = podsOf(cluster, deployment);
  const isCurrent = currency(cluster, deployment);
  const current = pods.filter(isCurrent);
  count(cluster, deployment, { replicas, pods, updated: current.length });
  const outdated = pods.filter((pod) => !isCurrent(pod));
  const hash = revision(deployment);
  const ready = pods.filter(isReady).length;
  if (pods.length < replicas || (outdated.length > 0 && pods.length === replicas && current.length < replicas)) {
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    const owner = `${name}-${hash}`;
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: hash, controller: true }];
    const { annotations } = template.metadata ?? {};
    make(cluster, namespace, owner, { labels, annotations, ownerReferences, spec: template.spec });
    return;
  }
  const [surplus] = [...outdated.filter((pod) => !isReady(pod)), ...outdated];
  if (surplus !== undefined && pods.length > replicas && (ready > replicas || !isReady(surplus)))
    store.remove(PODS, namespace, surplus.metadata.name);
}

interface Template {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: JsonObject;
}

interface Wanted {
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ownerReferences: readonly JsonObject[] | undefined;
  readonly spec: JsonObject;
}

function make(cluster: LiveCluster, namespace: string, owner: string, { spec, ...wanted }: Wanted): void {
  const nodeName = scheduled(cluster, spec);
  const metadata = { ...wanted, name: `${owner}-${randomUUID().slice(0, 5)}`, namespace };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
  } as unknown as KubernetesObject;
  const at = cluster.live.agenda.time.toISOString();
  const unschedulable = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: at };
  cluster.store.create(PODS, namespace, {
    ...pod,
    status:
      nodeName === undefined ? { phase: 'Pending', conditions: [unschedulable] } : podStatus(pod, { at, hostIp: undefined }),
  });
}

export function podsOf({ store }: LiveCluster, deployment: KubernetesObject): readonly KubernetesObject[] {
  const { selector = {} } = deployment['spec'] as { readonly selector?: JsonObject };
  return (store.find(PODS)?.items ?? []).filter(
    (pod) =>
      pod.metadata.namespace === deployment.metadata.namespace &&
      ownerOf(pod)?.kind === 'ReplicaSet' &&
      matchesLabels(selector, pod.metadata.labels ?? {}),
  );
}

/** Which pods are of the present template. Those that the world was given with are of the template that it was given with. */
function currency({ store }: LiveCluster, deployment: KubernetesObject): (pod: KubernetesObject) => boolean {
  const { namespace, name } = deployment.metadata;
  const template = ({ spec }: KubernetesObject) => (spec as { readonly template?: unknown }).template;
  const given = store.given(DEPLOYMENTS, namespace, name);
  const isGiven = given !== undefined && isEqual(template(given), template(deployment));
  const hash = revision(deployment);
  return ({ metadata }) =>
    metadata.labels?.[HASH] === hash || (isGiven && store.given(PODS, namespace, metadata.name) !== undefined);
}

function revision({ spec }: KubernetesObject): string {
  return createHash('sha1')
    .update(JSON.stringify((spec as { readonly template?: unknown }).template))
    .digest('hex')
    .slice(0, 10);
}

interface Counts {
  readonly replicas: number;
  readonly pods: readonly KubernetesObject[];
  readonly updated: number;
}

function count({ store }: LiveCluster, deployment: KubernetesObject, { replicas, pods, updated }: Counts): void {
  const ready = pods.filter(isReady).length;
  const { unavailableReplicas: _, ...status } = (deployment['status'] ?? {}) as JsonObject;
  store.replace(DEPLOYMENTS, {
    ...deployment,
    status: {
      ...status,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      updatedReplicas: updated,
      observedGeneration: (deployment.metadata as { readonly generation?: number }).generation ?? 1,
      ...(replicas > ready ? { unavailableReplicas: replicas - ready } : {}),
    },
  });
}

/** Pods that wait for a node get one where there is room now. */
export function scheduleWaiting(cluster: LiveCluster): void {
  for (const pod of cluster.store.find(PODS)?.items ?? []) {
    if (nodeOf(pod) !== undefined || ownerOf(pod) === undefined) continue;
    const nodeName = scheduled(cluster, pod['spec'] as JsonObject);
    if (nodeName === undefined) continue;
    const placed = { ...pod, spec: { ...(pod['spec'] as JsonObject), nodeName } };
    const at = cluster.live.agenda.time.toISOString();
    cluster.store.replace(PODS, { ...placed, status: podStatus(placed, { at, hostIp: undefined }) });
  }
}
