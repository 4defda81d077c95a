import { createHash, randomUUID } from 'node:crypto';
import { isReady, nodeOf, ownerOf, podStatus } from '#lib/sandbox/controllers/pod-state.ts';
import { share } from '#lib/sandbox/eviction.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import { isEqual } from '#lib/sandbox/patch/json-object.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

const DAEMON_SETS = { apiVersion: 'apps/v1', plural: 'daemonsets' };
const PODS = { apiVersion: 'v1', plural: 'pods' };
const NODES = { apiVersion: 'v1', plural: 'nodes' };
const REVISION = 'controller-revision-hash';

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Replaces outdated pods, as many at once as may be unavailable; those that are not ready go first and cost nothing.
 * Source: Kubernetes documentation, "Perform a Rolling Update on a DaemonSet"; pkg/controller/daemon/update.go.
 */
export function roll(cluster: LiveCluster, { namespace, name }: Named): void {
  const { store } = cluster;
  const daemonSet = store.get(DAEMON_SETS, namespace, name);
  if (daemonSet === undefined) return;
  const pods = podsOf(cluster, daemonSet);
  const isCurrent = currency(cluster, daemonSet);
  const desired = desiredOf(daemonSet, pods.length);
  const ready = pods.filter(isReady).length;
  count(cluster, daemonSet, { desired, scheduled: pods.length, ready, updated: pods.filter(isCurrent).length });
  const outdated = pods.filter((pod) => !isCurrent(pod));
  const free = Math.max(0, mostUnavailable(daemonSet, desired) - (desired - ready));
  const next = [...outdated.filter((pod) => !isReady(pod)), ...outdated.filter(isReady).slice(0, free)];
  for (const pod of next) store.remove(PODS, namespace, pod.metadata.name);
}

/** Whether every pod is of the present template and ready. */
export function isRolledOut(daemonSet: KubernetesObject): boolean {
  const { desiredNumberScheduled, updatedNumberScheduled, numberReady, observedGeneration } = daemonSet['status'] as Readonly<
    Record<string, number>
  >;
  const { generation } = daemonSet.metadata as { readonly generation?: number };
  return (
    observedGeneration === generation &&
    updatedNumberScheduled === desiredNumberScheduled &&
    (numberReady ?? 0) >= (desiredNumberScheduled ?? 0)
  );
}

/** Makes the pod of a node, from the template of this moment. */
export function startOn(cluster: LiveCluster, { namespace, name }: Named, nodeName: string): void {
  const { store, live } = cluster;
  const daemonSet = store.get(DAEMON_SETS, namespace, name);
  if (daemonSet === undefined || store.get(NODES, undefined, nodeName) === undefined) return;
  if (podsOf(cluster, daemonSet).some((pod) => nodeOf(pod) === nodeName)) return;
  const { metadata, spec } = templateOf(daemonSet);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${randomUUID().slice(0, 5)}`,
      namespace,
      labels: { ...metadata?.labels, [REVISION]: revision(daemonSet) },
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: daemonSet.metadata.uid, controller: true }],
    },
    spec: { ...spec, nodeName },
  } as unknown as KubernetesObject;
  store.create(PODS, namespace, { ...pod, status: podStatus(pod, { at: live.agenda.time.toISOString(), hostIp: undefined }) });
}

interface Counts {
  readonly desired: number;
  readonly scheduled: number;
  readonly ready: number;
  readonly updated: number;
}

function count({ store }: LiveCluster, daemonSet: KubernetesObject, { desired, scheduled, ready, updated }: Counts): void {
  const { numberUnavailable: _, ...rest } = (daemonSet['status'] ?? {}) as JsonObject;
  store.replace(DAEMON_SETS, {
    ...daemonSet,
    status: {
      ...rest,
      desiredNumberScheduled: desired,
      currentNumberScheduled: scheduled,
      numberReady: ready,
      numberAvailable: ready,
      updatedNumberScheduled: updated,
      observedGeneration: (daemonSet.metadata as { readonly generation?: number }).generation ?? 1,
      ...(desired > ready ? { numberUnavailable: desired - ready } : {}),
    },
  });
}

/** Which pods are of the present template. Those that the world was given with are of the template that it was given with. */
function currency({ store }: LiveCluster, daemonSet: KubernetesObject): (pod: KubernetesObject) => boolean {
  const { namespace, name } = daemonSet.metadata;
  const given = store.given(DAEMON_SETS, namespace, name);
  const isGiven = given !== undefined && isEqual(templateOf(given), templateOf(daemonSet));
  const hash = revision(daemonSet);
  return ({ metadata }) =>
    metadata.labels?.[REVISION] === hash || (isGiven && store.given(PODS, namespace, metadata.name) !== undefined);
}

/** Of a template, as the label of its pods. */
function revision(daemonSet: KubernetesObject): string {
  return createHash('sha1')
    .update(JSON.stringify(templateOf(daemonSet)))
    .digest('hex')
    .slice(0, 10);
}

/** A node whose pod was deleted still wants one. */
function desiredOf(daemonSet: KubernetesObject, pods: number): number {
  const { desiredNumberScheduled = 0 } = (daemonSet['status'] ?? {}) as { readonly desiredNumberScheduled?: number };
  return Math.max(desiredNumberScheduled, pods);
}

/** Rounded up; one by default. */
function mostUnavailable(daemonSet: KubernetesObject, desired: number): number {
  const { updateStrategy } = daemonSet['spec'] as {
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxUnavailable?: number | string } };
  };
  if (updateStrategy?.type === 'OnDelete') return 0;
  return Math.max(1, share(updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired));
}

export function podsOf({ store }: LiveCluster, { metadata }: KubernetesObject): readonly KubernetesObject[] {
  return (store.find(PODS)?.items ?? []).filter((pod) => {
    const owner = ownerOf(pod);
    return owner?.kind === 'DaemonSet' && owner.name === metadata.name && pod.metadata.namespace === metadata.namespace;
  });
}

interface Template {
  readonly metadata?: KubernetesObject['metadata'];
  readonly spec: JsonObject;
}

function templateOf(daemonSet: KubernetesObject): Template {
  return (daemonSet['spec'] as { readonly template: Template }).template;
}
