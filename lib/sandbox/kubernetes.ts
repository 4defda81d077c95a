import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { discovery } from '#lib/sandbox/kubernetes-discovery.ts';
import { list } from '#lib/sandbox/kubernetes-list.ts';
import { parsePath } from '#lib/sandbox/kubernetes-place.ts';
import { forbidden, JSON_HEADERS, NOT_SERVED, notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { KubernetesStore } from '#lib/sandbox/kubernetes-store.ts';
import { SelectorInvalid } from '#lib/sandbox/selectors.ts';
import type { KubernetesResource, WorldCluster } from '#lib/sandbox/world.ts';

export interface KubernetesQuery {
  /** Below the server's base path. */
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly accept: string;
}

/** Answers a GET: discovery, the version, a list, one object, or a pod's log. */
export function answerKubernetes(
  cluster: WorldCluster,
  store: KubernetesStore,
  { path, parameters, accept }: KubernetesQuery,
): Answer {
  const discovered = discovery(cluster, path, accept);
  if (discovered !== undefined) return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(discovered) };
  const proxied = proxiedPath(path);
  if (proxied !== undefined) return proxy(cluster, proxied);
  const logOf = logPath(path);
  if (logOf !== undefined) return log(cluster, store, logOf);
  const place = parsePath(path);
  const resource = place && store.find(place);
  if (place === undefined || resource === undefined || (place.namespace !== undefined && !resource.namespaced)) return NOT_SERVED;
  if (isRefused(cluster, resource)) return forbidden(resource, place, place.name === undefined ? 'list' : 'get');
  if (place.name !== undefined) return one(resource, place.namespace, place.name);
  try {
    return list(resource, place.namespace, parameters);
  } catch (error) {
    if (error instanceof SelectorInvalid) return status(400, 'BadRequest', error.message);
    throw error;
  }
}

function isRefused({ forbidden: refused = [] }: WorldCluster, { apiVersion, plural }: KubernetesResource): boolean {
  return refused.includes(plural) || refused.includes(`${plural}.${apiVersion.split('/')[0]}`);
}

interface Logged {
  readonly namespace: string;
  readonly pod: string;
}

function logPath(path: string): Logged | undefined {
  const [, namespace = '', pod = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(path) ?? [];
  return pod === '' ? undefined : { namespace, pod };
}

function log({ forbidden: refused }: WorldCluster, store: KubernetesStore, { namespace, pod }: Logged): Answer {
  if (refused?.includes('pods/log'))
    return status(
      403,
      'Forbidden',
      `pods "${pod}" is forbidden: User "cniwatch" cannot get resource "pods/log" in API group "" in the namespace "${namespace}"`,
    );
  const said = store.log(namespace, pod);
  if (said === undefined) return notFound('pods', pod);
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: said };
}

interface Proxied {
  readonly namespace: string;
  readonly pod: string;
  readonly port: string;
  readonly below: string;
}

function proxiedPath(path: string): Proxied | undefined {
  const [, namespace = '', pod = '', port = '', below = ''] =
    /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/:]+):(\d+)\/proxy\/(.*)$/.exec(path) ?? [];
  return pod === '' ? undefined : { namespace, pod, port, below };
}

/** The words of a real API server for a pod that does not listen there. */
function proxy({ forbidden: refused, proxied = {} }: WorldCluster, { namespace, pod, port, below }: Proxied): Answer {
  if (refused?.includes('pods/proxy'))
    return status(
      403,
      'Forbidden',
      `pods "${pod}:${port}" is forbidden: User "cniwatch" cannot get resource "pods/proxy" in API group "" in the namespace "${namespace}"`,
    );
  const key = `${namespace}/${pod}:${port}/${below}`;
  const said = Object.hasOwn(proxied, key) ? proxied[key] : undefined;
  if (said === undefined)
    return status(503, 'ServiceUnavailable', `error trying to reach service: dial tcp: connect: connection refused`);
  return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body: said };
}

/** A single object, with its apiVersion and kind: no list says them for it. */
function one({ apiVersion, kind, plural, items }: KubernetesResource, namespace: string | undefined, name: string): Answer {
  const found = items.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (found === undefined) return notFound(plural, name);
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ ...found, apiVersion, kind }) };
}
