import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import { CNI_SCHEMAS, type KindSchema } from './cni-schemas.ts';

/** An object in the shape of its API, as the sandbox keeps it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
    readonly [field: string]: unknown;
  };
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Fields that the server sets itself, and refuses or ignores from a client. */
const SERVER_FIELDS = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'deletionTimestamp'];
const FINALIZER = 'cniwatch.test/keep';

/** Creates the objects, their namespaces first, each with its status. An object that has a deletionTimestamp is left terminating. */
export async function apply(api: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const name of namespaces) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const answer = await api.request('POST', '/api/v1/namespaces', namespace);
    if (answer.status !== 409) demand(answer, `create Namespace ${name}`);
  }
  const resources = new Map<string, readonly ApiResource[]>();
  for (const apiVersion of new Set(objects.map((object) => object.apiVersion))) {
    const { body } = demand(await api.request('GET', groupPath(apiVersion)), `discover ${apiVersion}`);
    resources.set(apiVersion, (body as { resources: readonly ApiResource[] }).resources);
  }
  const limit = pLimit(16);
  await Promise.all(objects.map((object) => limit(() => create(api, object, resources.get(object.apiVersion) ?? []))));
}

async function create(api: ApiClient, object: KubernetesObject, resources: readonly ApiResource[]): Promise<void> {
  const { apiVersion, kind, metadata, status } = object;
  const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (!resource) throw new Error(`the API server does not serve ${kind} of ${apiVersion}`);
  const scope = resource.namespaced ? `/namespaces/${metadata.namespace}` : '';
  const collection = `${groupPath(apiVersion)}${scope}/${resource.name}`;
  const path = `${collection}/${metadata.name}`;
  const what = `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const terminating = metadata.deletionTimestamp !== undefined;
  const given = Object.fromEntries(Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field)));
  const body = { ...object, metadata: { ...given, ...(terminating ? { finalizers: [FINALIZER] } : {}) } };
  const created = await api.request('POST', collection, body);
  // Every server has some namespaces from its start, and those of the objects are made first.
  if (kind === 'Namespace' && created.status === 409) {
    demand(await api.request('PATCH', path, { metadata: { labels: given['labels'] } }), `label ${what}`);
    return;
  }
  demand(created, `create ${what}`);
  if (status !== undefined && resources.some((one) => one.name === `${resource.name}/status`)) {
    demand(await api.request('PATCH', `${path}/status`, { status }), `set the status of ${what}`);
  }
  if (terminating) demand(await api.request('DELETE', path, { gracePeriodSeconds: 0 }), `delete ${what}`);
}

/** A kind of a CNI, as its chart or the VPC resource controller defines it. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What a kind of which nothing is known is held to: it keeps whatever it is given. */
const ANYTHING: KindSchema = { schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };

/** Defines kinds, as their CNI does where that is known, and waits until the server serves them. */
export async function defineKinds(api: ApiClient, kinds: readonly CustomKind[]): Promise<void> {
  for (const { group, version, kind, plural, namespaced } of kinds) {
    const { schema, statusApart } = CNI_SCHEMAS.get(`${plural}.${group}`) ?? ANYTHING;
    const of = { schema: { openAPIV3Schema: schema }, ...(statusApart && { subresources: { status: {} } }) };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: namespaced ? 'Namespaced' : 'Cluster',
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{ name: version, served: true, storage: true, ...of }],
      },
    };
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    demand(await api.request('POST', path, definition), `define ${kind}`);
  }
  for (const kind of kinds) while (!(await isServed(api, kind))) await sleep(100);
}

/** A new kind is listed, discovered in its group and discovered among all groups at different moments: it is there after the last. */
async function isServed(api: ApiClient, { group, version, plural }: CustomKind): Promise<boolean> {
  const [list, resources, groups] = await Promise.all([
    api.request('GET', `/apis/${group}/${version}/${plural}?limit=1`),
    api.request('GET', `/apis/${group}/${version}`),
    api.request('GET', '/apis', undefined, 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'),
  ]);
  const names = (resources.body as { resources?: readonly ApiResource[] }).resources?.map(({ name }) => name);
  const known = (groups.body as { items?: readonly DiscoveredGroup[] }).items?.find(({ metadata }) => metadata.name === group);
  const discovered = known?.versions.some(
    (one) => one.version === version && one.resources.some(({ resource }) => resource === plural),
  );
  return list.status === 200 && names?.includes(plural) === true && discovered === true;
}

interface DiscoveredGroup {
  readonly metadata: { readonly name: string };
  readonly versions: readonly { readonly version: string; readonly resources: readonly { readonly resource: string }[] }[];
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function demand(answer: ApiAnswer, what: string): ApiAnswer {
  if (answer.status >= 300) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
