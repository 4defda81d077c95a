import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { eventsOf, reacted, reactionTo } from '#lib/sandbox/reactions.ts';
import type { KubernetesObject, KubernetesResource, Reaction, WorldCluster } from '#lib/sandbox/world.ts';

/** Kinds that every server has, and worlds have no objects of: what lets people and programs in. */
const ADMINISTRATION: readonly KubernetesResource[] = (
  [
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false],
    ['rbac.authorization.k8s.io/v1', 'Role', 'roles', true],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', true],
    ['v1', 'ResourceQuota', 'resourcequotas', true],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies', false],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', false],
  ] as const
).map(([apiVersion, kind, plural, namespaced]) => ({ apiVersion, kind, plural, namespaced, items: [] }));

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
    const created = [...(this.#created.get(resource) ?? []).map(current), ...(resource.kind === 'Event' ? this.#told() : [])];
    const removed = this.#removed.get(resource);
    if (created.length === 0 && removed === undefined) return resource;
    const kept = removed === undefined ? resource.items : resource.items.filter((item) => !removed.has(item));
    return { ...resource, items: [...kept, ...created] };
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
    const created = { object, at: performance.now(), reaction: reactionTo(object, this.#cluster.reactions) };
    this.#created.set(resource, [...(this.#created.get(resource) ?? []), created]);
    return current(created);
  }

  /**
   * Server-side apply, of one field manager alone: what it says of an object that is there replaces what was said, but for metadata,
   * which is merged.
   */
  apply(resource: KubernetesResource, namespace: string | undefined, body: KubernetesObject): KubernetesObject | undefined {
    const { apiVersion, plural } = resource;
    const there = this.find({ apiVersion, plural })?.items.find(isNamed(body.metadata.name, namespace));
    if (there === undefined) return this.create(resource, namespace, body);
    this.remove(resource, namespace, body.metadata.name);
    const labels = { ...there.metadata.labels, ...body.metadata.labels };
    return this.create(resource, namespace, { ...there, ...body, metadata: { ...there.metadata, ...body.metadata, labels } });
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

  /** Events about what was created. */
  #told(): KubernetesObject[] {
    return [...this.#created.values()].flat().flatMap(({ object, reaction }) => eventsOf(object, reaction));
  }

  #resource(apiVersion: string, plural: string): KubernetesResource | undefined {
    const is = (resource: KubernetesResource) => resource.apiVersion === apiVersion && resource.plural === plural;
    return this.#cluster.kubernetes.find(is) ?? ADMINISTRATION.find(is);
  }
}

const isNamed =
  (name: string, namespace: string | undefined) =>
  ({ metadata }: KubernetesObject): boolean =>
    metadata.name === name && metadata.namespace === namespace;

function current({ object, at, reaction }: Created): KubernetesObject {
  return reacted(object, reaction, performance.now() - at);
}
