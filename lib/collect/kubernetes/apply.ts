import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesRequest } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import { retrying } from '#lib/collect/kubernetes/retry.ts';
import { read, send } from '#lib/collect/kubernetes/writer.ts';

/** Where one object stands: `/apis/rbac.authorization.k8s.io/v1/clusterroles/cniwatch-readers`. */
export interface ObjectPlace {
  readonly path: string;
  /** `''` is the core group. */
  readonly apiGroup: string;
  readonly resource: string;
}

export interface WriteOptions {
  /** The server does all but keep it. */
  readonly dryRun: boolean;
}

/** Who owns the fields that cniwatch applies. */
const FIELD_MANAGER = 'cniwatch';

/**
 * Makes an object, or changes it to what `body` says and nothing else of it. Answers with the object as the server then has it.
 * Source: Kubernetes documentation, "Server-Side Apply".
 * @throws ReadFailure; AlreadyExists where somebody else set one of its fields otherwise, unless `force`
 */
export async function applyObject(
  cluster: Cluster,
  place: ObjectPlace,
  body: JsonObject,
  { dryRun, force }: WriteOptions & { readonly force: boolean },
): Promise<JsonObject> {
  const { path } = place;
  const query = { fieldManager: FIELD_MANAGER, force: String(force), ...(dryRun && { dryRun: 'All' }) };
  // JSON is YAML too, and older servers know no other content type for it.
  const contentType = 'application/apply-patch+yaml';
  return written(cluster, requestOf(cluster, place, 'patch'), { method: 'PATCH', path, query, contentType, body });
}

/** Deletes one object. @throws ReadFailure */
export async function deleteObject(cluster: Cluster, place: ObjectPlace, { dryRun }: WriteOptions): Promise<void> {
  const query = dryRun ? { dryRun: 'All' } : {};
  const body = { propagationPolicy: 'Background' };
  await written(cluster, requestOf(cluster, place, 'delete'), { method: 'DELETE', path: place.path, query, body });
}

function written(
  cluster: Cluster,
  request: KubernetesRequest,
  write: Omit<Parameters<typeof send>[2], 'signal'>,
): Promise<JsonObject> {
  const { signal } = cluster;
  return retrying(async () => read(await send(cluster, request, { ...write, signal }), request), signal);
}

function requestOf(
  { connection, advice }: Cluster,
  { path, apiGroup, resource }: ObjectPlace,
  verb: 'patch' | 'delete',
): KubernetesRequest {
  return { operation: `${verb.toUpperCase()} ${path}`, apiGroup, resource, verb, server: connection.server, advice };
}
