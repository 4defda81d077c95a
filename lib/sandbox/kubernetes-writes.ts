import { parse } from 'yaml';
import { reviewAccess, reviewOwnAccess } from '#lib/sandbox/access-reviews.ts';
import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { evict, evictedPod } from '#lib/sandbox/eviction.ts';
import { patched } from '#lib/sandbox/kubernetes-patch.ts';
import { type Place, parsePath } from '#lib/sandbox/kubernetes-place.ts';
import { forbidden, JSON_HEADERS, NOT_SERVED, notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import { recordUpdate } from '#lib/sandbox/patch/managed-fields.ts';
import type { JsonObject, KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';

const VERBS = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
export type WritingMethod = keyof typeof VERBS;

export function isWriting(method: string | undefined): method is WritingMethod {
  return method !== undefined && Object.hasOwn(VERBS, method);
}

export interface KubernetesWrite {
  readonly method: WritingMethod;
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
  readonly parameters: URLSearchParams;
  /** Who owns the fields that are written, unless `fieldManager` says it: the client's program. */
  readonly userAgent: string;
}

/** Answers a write, and keeps what it did unless it was a dry run. */
export function writeKubernetes(cluster: LiveCluster, write: KubernetesWrite): Answer {
  const { method, path, body } = write;
  const review =
    method === 'POST' ? (reviewAccess(cluster.now, path, body) ?? reviewOwnAccess(cluster.now, path, body)) : undefined;
  if (review !== undefined) return review;
  const evicted = method === 'POST' ? evictedPod(path) : undefined;
  if (evicted !== undefined) return evict(cluster, evicted, bodyOf(body));
  const place = parsePath(path);
  const resource = place && cluster.store.find(place);
  if (place === undefined || resource === undefined || (place.name === undefined) !== (method === 'POST')) return NOT_SERVED;
  const verb = VERBS[method];
  if (cluster.now.forbidden?.some((refused) => refused === resource.plural || refused === `${verb} ${resource.plural}`))
    return forbidden(resource, place, verb);
  if (method === 'DELETE') return deletion(cluster, resource, place, write);
  if (place.namespace !== undefined && !cluster.store.hasNamespace(place.namespace))
    return notFound('namespaces', place.namespace);
  if (method === 'POST') return creation(cluster, resource, place, write);
  return method === 'PATCH' ? patch(cluster, resource, place, write) : replacement(cluster, resource, place, write);
}

function patch(cluster: LiveCluster, resource: KubernetesResource, place: Place, write: KubernetesWrite): Answer {
  const before = cluster.store.get(resource, place.namespace, place.name ?? '');
  const outcome = patched({ resource, before, write, writer: writerOf(cluster, resource, managerOf(write)) });
  if ('status' in outcome) return outcome;
  return keep(cluster, resource, place, { before, after: outcome.object, isDryRun: isDryRun(write) });
}

function replacement(cluster: LiveCluster, resource: KubernetesResource, place: Place, write: KubernetesWrite): Answer {
  const before = cluster.store.get(resource, place.namespace, place.name ?? '');
  if (before === undefined) return notFound(resource.plural, place.name ?? '');
  const body = bodyOf(write.body) as KubernetesObject;
  const stale = conflictOf(resource, before, body);
  if (stale !== undefined) return stale;
  const replaced = { ...body, metadata: { ...before.metadata, ...body.metadata } };
  const after = recordUpdate(before, replaced, { ...writerOf(cluster, resource, managerOf(write)), operation: 'Update' });
  return keep(cluster, resource, place, { before, after, isDryRun: isDryRun(write) });
}

interface Kept {
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject;
  readonly isDryRun: boolean;
}

function keep(
  { store }: LiveCluster,
  resource: KubernetesResource,
  place: Place,
  { before, after, isDryRun: dry }: Kept,
): Answer {
  const { apiVersion, kind } = resource;
  const code = before === undefined ? 201 : 200;
  if (dry) return done(code, { ...after, apiVersion, kind });
  const stored = before === undefined ? store.create(resource, place.namespace, after) : store.replace(resource, after);
  return done(code, { ...stored, apiVersion, kind });
}

function creation(cluster: LiveCluster, resource: KubernetesResource, { namespace }: Place, write: KubernetesWrite): Answer {
  const object = bodyOf(write.body) as KubernetesObject;
  const { name } = object.metadata;
  if (cluster.store.get(resource, namespace, name) !== undefined)
    return status(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`, { name, kind: resource.plural });
  if (isDryRun(write)) return done(201, object);
  return done(201, cluster.store.create(resource, namespace, object));
}

function deletion(
  { store }: LiveCluster,
  resource: KubernetesResource,
  { namespace, name = '' }: Place,
  write: KubernetesWrite,
): Answer {
  const there = store.get(resource, namespace, name);
  if (there === undefined) return notFound(resource.plural, name);
  const { preconditions = {} } = bodyOf(write.body || '{}') as { readonly preconditions?: { readonly uid?: string } };
  const { uid } = there.metadata;
  if (preconditions.uid !== undefined && preconditions.uid !== uid)
    return conflict(resource, name, `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`);
  if (!isDryRun(write)) store.remove(resource, namespace, name);
  return done(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
}

/** Whoever sends a version back writes only what has not changed since. Source: Kubernetes documentation, "API concepts". */
function conflictOf(resource: KubernetesResource, before: KubernetesObject, after: KubernetesObject): Answer | undefined {
  const version = ({ metadata }: KubernetesObject) => (metadata as { readonly resourceVersion?: string }).resourceVersion;
  if (version(after) === undefined || version(after) === version(before)) return undefined;
  return conflict(
    resource,
    before.metadata.name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

function conflict({ apiVersion, plural }: KubernetesResource, name: string, why: string): Answer {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return status(409, 'Conflict', `Operation cannot be fulfilled on ${plural}${group} "${name}": ${why}`, { name, kind: plural });
}

/** JSON is YAML too: server-side apply may send either. */
function bodyOf(body: string): JsonObject {
  return (body.trimStart().startsWith('{') ? JSON.parse(body) : parse(body)) as JsonObject;
}

const isDryRun = ({ parameters }: KubernetesWrite) => parameters.get('dryRun') === 'All';

function managerOf({ parameters, userAgent }: KubernetesWrite): string {
  return parameters.get('fieldManager') ?? (userAgent.split('/')[0] || 'unknown');
}

function writerOf({ live }: LiveCluster, { apiVersion }: KubernetesResource, manager: string) {
  return { manager, apiVersion, time: `${live.agenda.time.toISOString().slice(0, 19)}Z` };
}

const done = (code: number, body: unknown): Answer => ({ status: code, headers: JSON_HEADERS, body: JSON.stringify(body) });
