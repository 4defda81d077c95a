import { reviewAccess, reviewOwnAccess } from '#lib/sandbox/access-reviews.ts';
import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { type Place, parsePath } from '#lib/sandbox/kubernetes-place.ts';
import { forbidden, JSON_HEADERS, NOT_SERVED, notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { KubernetesStore } from '#lib/sandbox/kubernetes-store.ts';
import type { KubernetesObject, KubernetesResource, WorldCluster } from '#lib/sandbox/world.ts';

export type WritingMethod = 'POST' | 'PATCH' | 'DELETE';
const VERBS = { POST: 'create', PATCH: 'patch', DELETE: 'delete' } as const;

/** Answers a POST, a DELETE or a server-side apply, and keeps what it did unless it was a dry run. */
export function writeKubernetes(
  cluster: WorldCluster,
  store: KubernetesStore,
  { method, path, body, dryRun = false }: { method: WritingMethod; path: string; body: string; dryRun?: boolean },
): Answer {
  const review = method === 'POST' ? (reviewAccess(cluster, path, body) ?? reviewOwnAccess(cluster, path, body)) : undefined;
  if (review !== undefined) return review;
  const place = parsePath(path);
  const resource = place && store.find(place);
  if (place === undefined || resource === undefined || (place.name === undefined) !== (method === 'POST')) return NOT_SERVED;
  const verb = VERBS[method];
  if (cluster.forbidden?.some((refused) => refused === resource.plural || refused === `${verb} ${resource.plural}`))
    return forbidden(resource, place, verb);
  if (method === 'DELETE') return deletion(store, resource, place, dryRun);
  const object = JSON.parse(body) as KubernetesObject;
  if (place.namespace !== undefined && !store.hasNamespace(place.namespace)) return notFound('namespaces', place.namespace);
  if (method === 'PATCH') return done(200, dryRun ? object : store.apply(resource, place.namespace, object));
  const { name } = object.metadata;
  const created = store.create(resource, place.namespace, object);
  if (created === undefined)
    return status(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`, { name, kind: resource.plural });
  return done(201, created);
}

function deletion(
  store: KubernetesStore,
  resource: KubernetesResource,
  { namespace, name = '' }: Place,
  dryRun: boolean,
): Answer {
  const there = resource.items.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!there) return notFound(resource.plural, name);
  if (!dryRun) store.remove(resource, namespace, name);
  return done(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
}

const done = (code: number, body: unknown): Answer => ({ status: code, headers: JSON_HEADERS, body: JSON.stringify(body) });
