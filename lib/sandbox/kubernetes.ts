import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { fieldSelector, labelSelector } from '#lib/sandbox/selectors.ts';
import type { KubernetesObject, KubernetesResource, WorldCluster } from '#lib/sandbox/world.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** An API server's refusal, a metav1.Status. */
export function status(code: number, reason: string, message: string): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { status: code, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

/** Answers a GET below the server's base path: discovery, the version, or a list. */
export function answerKubernetes(cluster: WorldCluster, path: string, query: URLSearchParams): Answer {
  const discovered = discovery(cluster, path);
  if (discovered !== undefined) return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(discovered) };
  const place = parsePath(path);
  const resource =
    place && cluster.kubernetes.find(({ apiVersion, plural }) => apiVersion === place.apiVersion && plural === place.plural);
  if (place === undefined || resource === undefined)
    return status(404, 'NotFound', 'the server could not find the requested resource');
  if (cluster.forbidden?.includes(resource.plural)) return forbidden(resource, place.namespace);
  return list(resource, place.namespace, query);
}

function forbidden({ apiVersion, plural }: KubernetesResource, namespace: string | undefined): Answer {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return status(
    403,
    'Forbidden',
    `${plural} is forbidden: User "cniwatch" cannot list resource "${plural}" in API group "${group}" ${scope}`,
  );
}

interface Place {
  readonly apiVersion: string;
  readonly namespace?: string;
  readonly plural: string;
}

function parsePath(path: string): Place | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path);
  if (match === null) return undefined;
  const [, core, group, namespace, plural = ''] = match;
  return { apiVersion: core ?? group ?? '', plural, ...(namespace === undefined ? {} : { namespace }) };
}

function discovery({ kubernetes }: WorldCluster, path: string): object | undefined {
  if (path === '/version') return { major: '1', minor: '33', gitVersion: 'v1.33.5-eks-sandbox' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  const versions = [...new Set(kubernetes.map(({ apiVersion }) => apiVersion))];
  if (path === '/apis') {
    const groups = Map.groupBy(
      versions.filter((version) => version.includes('/')),
      (version) => version.split('/')[0] ?? '',
    );
    const items = [...groups].map(([name, all]) => group(name, all, kubernetes));
    return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  }
  const groupVersion = versions.find((version) => path === (version.includes('/') ? `/apis/${version}` : `/api/${version}`));
  if (groupVersion === undefined) return undefined;
  const resources = kubernetes.filter(({ apiVersion }) => apiVersion === groupVersion);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.map(({ plural, namespaced, kind }) => ({
      name: plural,
      singularName: '',
      namespaced,
      kind,
      verbs: ['get', 'list', 'watch'],
    })),
  };
}

/** Aggregated discovery: every version with its own resources, since a group may serve each kind at another version. */
function group(name: string, groupVersions: readonly string[], kubernetes: readonly KubernetesResource[]): object {
  const versions = groupVersions.map((groupVersion) => {
    const version = groupVersion.split('/')[1];
    const resources = kubernetes
      .filter(({ apiVersion }) => apiVersion === groupVersion)
      .map(({ plural, kind, namespaced }) => ({
        resource: plural,
        responseKind: { group: name, version, kind },
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: '',
        verbs: ['get', 'list', 'watch'],
      }));
    return { version, freshness: 'Current', resources };
  });
  return { metadata: { name }, versions };
}

/** Objects written once: a list of 30,000 pods is asked for again and again. */
const written = new WeakMap<KubernetesObject, string>();

function write(object: KubernetesObject): string {
  let text = written.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    written.set(object, text);
  }
  return text;
}

/** One page of a list, as the API server pages: `continue` leads to the next, and an unknown one is expired. */
function list({ items, apiVersion, kind }: KubernetesResource, namespace: string | undefined, query: URLSearchParams): Answer {
  const ofField = fieldSelector(query.get('fieldSelector'));
  const ofLabel = labelSelector(query.get('labelSelector'));
  const filtered = query.has('fieldSelector') || query.has('labelSelector') || namespace !== undefined;
  const chosen = filtered
    ? items.filter((item) => (namespace === undefined || item.metadata.namespace === namespace) && ofField(item) && ofLabel(item))
    : items;
  const limit = Number(query.get('limit') ?? 0) || chosen.length;
  const token = query.get('continue');
  const start = token ? Number(/^sandbox:(\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1] ?? Number.NaN) : 0;
  if (Number.isNaN(start) || start > chosen.length) {
    return status(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result.');
  }
  const end = Math.min(start + limit, chosen.length);
  const metadata = {
    resourceVersion: '1',
    ...(end < chosen.length
      ? {
          continue: Buffer.from(`sandbox:${end}`).toString('base64'),
          ...(filtered ? {} : { remainingItemCount: chosen.length - end }),
        }
      : {}),
  };
  const page = chosen.slice(start, end).map(write).join(',');
  const head = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata });
  return { status: 200, headers: JSON_HEADERS, body: `${head.slice(0, -1)},"items":[${page}]}` };
}
