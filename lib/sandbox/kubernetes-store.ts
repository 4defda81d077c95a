import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { JsonObject, KubernetesObject, KubernetesResource, Reaction, WorldCluster } from '#lib/sandbox/world.ts';

interface Created {
  readonly object: KubernetesObject;
  readonly at: number;
  readonly reaction: Reaction | undefined;
}

/** The objects of one cluster: the world's own, and what was created and deleted since. */
export class KubernetesStore {
  readonly #cluster: WorldCluster;
  readonly #now: () => Date;
  readonly #created = new Map<KubernetesResource, Created[]>();
  readonly #removed = new Map<KubernetesResource, Set<KubernetesObject>>();

  constructor(cluster: WorldCluster, now: () => Date) {
    this.#cluster = cluster;
    this.#now = now;
  }

  /** One kind with its objects of this moment; undefined where it is not served. */
  find({ apiVersion, plural }: { apiVersion: string; plural: string }): KubernetesResource | undefined {
    const resource = this.#resource(apiVersion, plural);
    if (resource === undefined) return undefined;
    const created = this.#created.get(resource) ?? [];
    const removed = this.#removed.get(resource);
    if (created.length === 0 && removed === undefined) return resource;
    const kept = removed === undefined ? resource.items : resource.items.filter((item) => !removed.has(item));
    return { ...resource, items: [...kept, ...created.map(current)] };
  }

  hasNamespace(name: string): boolean {
    const items = this.find({ apiVersion: 'v1', plural: 'namespaces' })?.items ?? [];
    return items.some(({ metadata }) => metadata.name === name);
  }

  /** The object as the server has it; undefined where there is one of its name. */
  create(
    { apiVersion, plural }: KubernetesResource,
    namespace: string | undefined,
    body: KubernetesObject,
  ): KubernetesObject | undefined {
    const resource = this.#resource(apiVersion, plural);
    const items = this.find({ apiVersion, plural })?.items ?? [];
    if (resource === undefined || items.some(isNamed(body.metadata.name, namespace))) return undefined;
    const metadata = {
      ...body.metadata,
      ...(namespace === undefined ? {} : { namespace }),
      uid: randomUUID(),
      creationTimestamp: this.#now().toISOString(),
    };
    const object = { ...body, apiVersion, kind: resource.kind, metadata };
    const created = { object, at: performance.now(), reaction: this.#reactionTo(object) };
    this.#created.set(resource, [...(this.#created.get(resource) ?? []), created]);
    return current(created);
  }

  /** False where there is none of the name. */
  remove({ apiVersion, plural }: KubernetesResource, namespace: string | undefined, name: string): boolean {
    const resource = this.#resource(apiVersion, plural);
    const is = isNamed(name, namespace);
    if (resource === undefined || !this.find({ apiVersion, plural })?.items.some(is)) return false;
    this.#created.set(
      resource,
      (this.#created.get(resource) ?? []).filter(({ object }) => !is(object)),
    );
    const own = resource.items.find(is);
    if (own !== undefined) this.#removed.set(resource, (this.#removed.get(resource) ?? new Set()).add(own));
    return true;
  }

  /** What a pod wrote; undefined where there is no such pod. */
  log(namespace: string, name: string): string | undefined {
    const pods = this.#resource('v1', 'pods');
    if (pods === undefined) return undefined;
    const created = this.#created.get(pods)?.find(({ object }) => isNamed(name, namespace)(object));
    if (created !== undefined) return created.reaction?.log ?? '';
    return pods.items.some(isNamed(name, namespace)) ? '' : undefined;
  }

  #resource(apiVersion: string, plural: string): KubernetesResource | undefined {
    return this.#cluster.kubernetes.find((resource) => resource.apiVersion === apiVersion && resource.plural === plural);
  }

  #reactionTo({ kind, metadata, ...object }: KubernetesObject): Reaction | undefined {
    const spec = object['spec'] as JsonObject | undefined;
    return this.#cluster.reactions?.find(
      (reaction) =>
        reaction.kind === kind &&
        Object.entries(reaction.labels ?? {}).every(([key, value]) => metadata.labels?.[key] === value) &&
        (reaction.node === undefined || reaction.node === spec?.['nodeName'] || reaction.node === spec?.['node']),
    );
  }
}

const isNamed =
  (name: string, namespace: string | undefined) =>
  ({ metadata }: KubernetesObject): boolean =>
    metadata.name === name && metadata.namespace === namespace;

function current({ object, at, reaction }: Created): KubernetesObject {
  const age = performance.now() - at;
  const due = reaction?.steps.filter(({ afterMs }) => afterMs <= age) ?? [];
  return due.reduce<JsonObject>((whole, { merge }) => merged(whole, merge), object) as KubernetesObject;
}

/** JSON merge, without deletion. */
function merged(into: JsonObject, from: JsonObject): JsonObject {
  const entries = Object.entries(from).map(([key, value]) => {
    const before = into[key];
    return [key, isObject(before) && isObject(value) ? merged(before, value) : value];
  });
  return { ...into, ...Object.fromEntries(entries) };
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
