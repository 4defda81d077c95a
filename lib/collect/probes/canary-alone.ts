import type { KubernetesCollection } from '#lib/collect/kubernetes/writer.ts';
import { CANARY } from '#lib/collect/probes/canary-pods.ts';
import { listOwn, podsOf, sweepOwn } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';

export function servicesOf(namespace: string): KubernetesCollection {
  return { path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/services`, apiGroup: '', resource: 'services' };
}

/**
 * Deletes what crashed runs left, and makes sure that no other run has pods in the cluster.
 * `lifetime` is how many seconds a run's pods can live.
 * @throws ReadFailure AlreadyExists where one has, or where its pods cannot be deleted; whatever listing throws
 */
export async function requireAlone(
  sources: Pick<Sources, 'kubernetes' | 'kubernetesWrites' | 'now'>,
  { namespace, lifetime }: { readonly namespace: string; readonly lifetime: number },
): Promise<void> {
  const sweep = { probe: CANARY, olderThan: 1_000 * lifetime, now: sources.now() };
  await Promise.all([podsOf(namespace), servicesOf(namespace)].map((at) => sweepOwn(sources, at, sweep)));
  const others = await listOwn(sources, podsOf(namespace), CANARY);
  const [first] = others;
  if (first === undefined) return;
  throw new ReadFailure(
    'AlreadyExists',
    `The namespace ${namespace} holds ${others.length} canary pods of another run, ${first.name} among them.`,
    `Nothing is wrong if another run is at work. Pods older than ${lifetime} s are deleted by the next run; what stays needs kubectl -n ${namespace} delete pod.`,
  );
}
