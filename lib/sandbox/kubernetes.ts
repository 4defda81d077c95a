import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { discovery } from '#lib/sandbox/kubernetes-discovery.ts';
import { pageStart, pageToken } from '#lib/sandbox/page-token.ts';
import { fieldSelector, labelSelector, SelectorInvalid, unsupportedField } from '#lib/sandbox/selectors.ts';
import type { KubernetesObject, KubernetesResource, WorldCluster } from '#lib/sandbox/world.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** An API server's refusal, a metav1.Status. */
export function status(code: number, reason: string, message: string, details?: object): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
  return { status: code, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

export interface KubernetesQuery {
  /** Below the server's base path. */
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly accept: string;
}

/** Answers a GET: discovery, the version, a list, or one object. */
export function answerKubernetes(cluster: WorldCluster, { path, parameters, accept }: KubernetesQuery): Answer {
  const discovered = discovery(cluster, path, accept);
  if (discovered !== undefined) return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(discovered) };
  const proxied = proxiedPath(path);
  if (proxied !== undefined) return proxy(cluster, proxied);
  const place = parsePath(path);
  const resource =
    place && cluster.kubernetes.find(({ apiVersion, plural }) => apiVersion === place.apiVersion && plural === place.plural);
  if (place === undefined || resource === undefined || (place.namespace !== undefined && !resource.namespaced))
    return status(404, 'NotFound', 'the server could not find the requested resource');
  if (cluster.forbidden?.includes(resource.plural)) return forbidden(resource, place);
  if (place.name !== undefined) return one(resource, place.namespace, place.name);
  try {
    return list(resource, place.namespace, parameters);
  } catch (error) {
    if (error instanceof SelectorInvalid) return status(400, 'BadRequest', error.message);
    throw error;
  }
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
  if (found === undefined) return status(404, 'NotFound', `${plural} "${name}" not found`, { name, kind: plural });
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ ...found, apiVersion, kind }) };
}

function forbidden({ apiVersion, plural }: KubernetesResource, { namespace, name }: Place): Answer {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return status(
    403,
    'Forbidden',
    `${plural}${name === undefined ? '' : ` "${name}"`} is forbidden: User "cniwatch" cannot ${name === undefined ? 'list' : 'get'} resource "${plural}" in API group "${group}" ${scope}`,
  );
}

interface Place {
  readonly apiVersion: string;
  readonly namespace?: string;
  readonly plural: string;
  /** Of a single object. */
  readonly name?: string;
}

function parsePath(path: string): Place | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (match === null) return undefined;
  const [, core, group, namespace, plural = '', name] = match;
  return {
    apiVersion: core ?? group ?? '',
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** Objects written once: a list of 30,000 pods is asked for again and again. */
const written = new WeakMap<KubernetesObject, string>();

/** As an element of a list: built-in kinds leave out what the list says already, custom ones do not. */
function write(item: KubernetesObject, builtIn: boolean): string {
  let text = written.get(item);
  if (text === undefined) {
    const { apiVersion: _, kind: __, ...rest } = item;
    text = JSON.stringify(builtIn ? rest : item);
    written.set(item, text);
  }
  return text;
}

/** Groups of Kubernetes itself have no dot, or end in k8s.io. */
function isBuiltIn(apiVersion: string): boolean {
  const [group = ''] = apiVersion.split('/');
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** One page of a list, as the API server pages. */
function list(resource: KubernetesResource, namespace: string | undefined, parameters: URLSearchParams): Answer {
  const { items, apiVersion, kind, plural } = resource;
  const selector = parameters.get('fieldSelector');
  const unsupported = unsupportedField(kind, selector);
  if (unsupported !== undefined) {
    return status(
      400,
      'BadRequest',
      `Unable to find "${plural}" that match field selector "${selector}": field label not supported: ${unsupported}`,
    );
  }
  const chosen = choose(items, namespace, parameters);
  const limit = limitOf(parameters) ?? chosen.length;
  const start = pageStart(parameters.get('continue') || null);
  if (start === undefined) return status(400, 'BadRequest', 'continue key is not valid');
  if (start > chosen.length) {
    return status(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result.');
  }
  const end = Math.min(start + limit, chosen.length);
  const metadata = {
    resourceVersion: '1',
    ...(end < chosen.length
      ? {
          continue: pageToken(end),
          // The API server does not count what a selector has still to find.
          ...(isSelected(parameters) ? {} : { remainingItemCount: chosen.length - end }),
        }
      : {}),
  };
  const builtIn = isBuiltIn(apiVersion);
  const page = chosen.slice(start, end).map((item) => write(item, builtIn));
  const head = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata });
  return { status: 200, headers: JSON_HEADERS, body: `${head.slice(0, -1)},"items":[${page.join(',')}]}` };
}

function choose(
  items: readonly KubernetesObject[],
  namespace: string | undefined,
  parameters: URLSearchParams,
): readonly KubernetesObject[] {
  if (namespace === undefined && !isSelected(parameters)) return items;
  const ofField = fieldSelector(parameters.get('fieldSelector'));
  const ofLabel = labelSelector(parameters.get('labelSelector'));
  return items.filter(
    (item) => (namespace === undefined || item.metadata.namespace === namespace) && ofField(item) && ofLabel(item),
  );
}

function isSelected(parameters: URLSearchParams): boolean {
  return parameters.has('fieldSelector') || parameters.has('labelSelector');
}

/** Undefined where all are asked for. */
function limitOf(parameters: URLSearchParams): number | undefined {
  const limit = Number(parameters.get('limit') ?? 0);
  return limit > 0 ? limit : undefined;
}
