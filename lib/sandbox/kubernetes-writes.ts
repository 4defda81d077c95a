import { reviewAccess } from '#lib/sandbox/access-reviews.ts';
import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { parsePath } from '#lib/sandbox/kubernetes-place.ts';
import { forbidden, JSON_HEADERS, NOT_SERVED, notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { KubernetesStore } from '#lib/sandbox/kubernetes-store.ts';
import type { KubernetesObject, WorldCluster } from '#lib/sandbox/world.ts';

/** Answers a POST or a DELETE, and keeps what it did. */
export function writeKubernetes(
  cluster: WorldCluster,
  store: KubernetesStore,
  { method, path, body }: { method: 'POST' | 'DELETE'; path: string; body: string },
): Answer {
  const review = method === 'POST' ? reviewAccess(cluster, path, body) : undefined;
  if (review !== undefined) return review;
  const place = parsePath(path);
  const resource = place && store.find(place);
  if (place === undefined || resource === undefined || (place.name === undefined) !== (method === 'POST')) return NOT_SERVED;
  const verb = method === 'POST' ? 'create' : 'delete';
  if (cluster.forbidden?.some((refused) => refused === resource.plural || refused === `${verb} ${resource.plural}`))
    return forbidden(resource, place, verb);
  if (method === 'DELETE') {
    if (!store.remove(resource, place.namespace, place.name ?? '')) return notFound(resource.plural, place.name ?? '');
    return { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Success' }) };
  }
  const object = JSON.parse(body) as KubernetesObject;
  const { name } = object.metadata;
  if (place.namespace !== undefined && !store.hasNamespace(place.namespace)) return notFound('namespaces', place.namespace);
  const created = store.create(resource, place.namespace, object);
  if (created === undefined)
    return status(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`, { name, kind: resource.plural });
  return { status: 201, headers: JSON_HEADERS, body: JSON.stringify(created) };
}
