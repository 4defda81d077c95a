import { randomUUID } from 'node:crypto';
import type { Agenda } from '#lib/sandbox/agenda.ts';
import { isEqual } from '#lib/sandbox/patch/json-object.ts';
import { eventsOf, reacted, reactionTo } from '#lib/sandbox/reactions.ts';
import type { KubernetesObject, KubernetesResource, Reaction, WorldCluster } from '#lib/sandbox/world.ts';

/** Kinds that every server has, and worlds have no objects of: what lets people and programs in, and what keeps pods running. */
const ADMINISTRATION: readonly KubernetesResource[] = (
  [
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false],
    ['rbac.authorization.k8s.io/v1', 'Role', 'roles', true],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', true],
    ['v1', 'ResourceQuota', 'resourcequotas', true],
    ['policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', true],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies', false],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', false],
  ] as const
).map(([apiVersion, kind, plural, namespaced]) => ({ apiVersion, kind, plural, namespaced, items: [] }));

interface Created {
  readonly object: KubernetesObject;
  readonly at: number;
  readonly reaction: Reaction | undefined;
}

/** What a write did to one object: neither is there before a creation, nor after a deletion. */
export interface Change {
  readonly kind: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

/** Where a kind is. */
export type Kind = Pick<KubernetesResource, 'apiVersion' | 'plural'>;

/** The objects of one cluster: the world's own, and what became of them since. */
export class KubernetesStore {
  /** Called after every write, with what it did: controllers listen here. */
  onChange: (change: Change) => void = () => undefined;
  readonly #cluster: WorldCluster;
  readonly #agenda: Agenda;
  /** The world's own as they are now; a kind of which none was changed is not in here. */
  readonly #items = new Map<KubernetesResource, readonly KubernetesObject[]>();
  readonly #created = new Map<KubernetesResource, readonly Created[]>();
  /** Made when it is first asked for. */
  readonly #given = new Map<KubernetesResource, ReadonlyMap<string, KubernetesObject>>();
  #version = 1_000;

  constructor(cluster: WorldCluster, agenda: Agenda) {
    this.#cluster = cluster;
    this.#agenda = agenda;
  }

  /** One kind with its objects of this moment; undefined where it is not served. */
  find({ apiVersion, plural }: Kind): KubernetesResource | undefined {
    this.#agenda.settle();
    const resource = this.#resource(apiVersion, plural);
    if (resource === undefined) return undefined;
    const created = [
      ...(this.#created.get(resource) ?? []).map((one) => this.#current(one)),
      ...(resource.kind === 'Event' ? this.#told() : []),
    ];
    const items = this.#items.get(resource);
    if (created.length === 0 && items === undefined) return resource;
    return { ...resource, items: [...(items ?? resource.items), ...created] };
  }

  get(kind: Kind, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.find(kind)?.items.find(isNamed(name, namespace));
  }

  /** As the world was given with it. */
  given({ apiVersion, plural }: Kind, namespace: string | undefined, name: string): KubernetesObject | undefined {
    const resource = this.#resource(apiVersion, plural);
    if (resource === undefined) return undefined;
    const index = this.#given.get(resource) ?? new Map(resource.items.map((item) => [keyOf(item), item]));
    this.#given.set(resource, index);
    return index.get(`${namespace ?? ''}/${name}`);
  }

  hasNamespace(name: string): boolean {
    return this.get({ apiVersion: 'v1', plural: 'namespaces' }, undefined, name) !== undefined;
  }

  /** Whether the world says what becomes of such an object. */
  reactsTo(object: KubernetesObject): boolean {
    return reactionTo(object, this.#cluster.reactions) !== undefined;
  }

  /** The object as the server has it; undefined where there is one of its name. */
  create(kind: Kind, namespace: string | undefined, body: KubernetesObject): KubernetesObject | undefined {
    const resource = this.#resource(kind.apiVersion, kind.plural);
    if (resource === undefined || this.get(kind, namespace, body.metadata.name) !== undefined) return undefined;
    const metadata = {
      ...body.metadata,
      ...(namespace === undefined ? {} : { namespace }),
      uid: randomUUID(),
      resourceVersion: this.#nextVersion(),
      creationTimestamp: this.#agenda.time.toISOString(),
    };
    const object = { ...body, apiVersion: resource.apiVersion, kind: resource.kind, metadata };
    const created = { object, at: this.#agenda.elapsed, reaction: reactionTo(object, this.#cluster.reactions) };
    this.#created.set(resource, [...(this.#created.get(resource) ?? []), created]);
    const after = this.#current(created);
    this.onChange({ kind: resource.kind, before: undefined, after });
    return after;
  }

  /** Puts an object in the place of the one of its name; where its spec is another, it is of another generation. */
  replace(kind: Kind, object: KubernetesObject): KubernetesObject | undefined {
    const resource = this.#resource(kind.apiVersion, kind.plural);
    const { name, namespace } = object.metadata;
    const before = this.get(kind, namespace, name);
    if (resource === undefined || before === undefined) return undefined;
    if (isEqual(before, object)) return before;
    const after = { ...object, metadata: { ...object.metadata, ...this.#stamps(before, object) } };
    const is = isNamed(name, namespace);
    const created = this.#created.get(resource) ?? [];
    if (created.some((one) => is(one.object))) {
      this.#created.set(
        resource,
        created.map((one) => (is(one.object) ? { ...one, object: after } : one)),
      );
    } else {
      this.#items.set(
        resource,
        (this.#items.get(resource) ?? resource.items).map((item) => (is(item) ? after : item)),
      );
    }
    this.onChange({ kind: resource.kind, before, after });
    return after;
  }

  /** False where there is none of the name. */
  remove(kind: Kind, namespace: string | undefined, name: string): boolean {
    const resource = this.#resource(kind.apiVersion, kind.plural);
    const is = isNamed(name, namespace);
    const before = this.get(kind, namespace, name);
    if (resource === undefined || before === undefined) return false;
    this.#created.set(
      resource,
      (this.#created.get(resource) ?? []).filter(({ object }) => !is(object)),
    );
    const items = this.#items.get(resource) ?? resource.items;
    if (items.some(is)) this.#items.set(resource, items.toSpliced(items.findIndex(is), 1));
    this.onChange({ kind: resource.kind, before, after: undefined });
    return true;
  }

  /** What a pod wrote; undefined where there is no such pod. */
  log(namespace: string, name: string): string | undefined {
    const pods = this.#resource('v1', 'pods');
    if (pods === undefined) return undefined;
    const created = this.#created.get(pods)?.find(({ object }) => isNamed(name, namespace)(object));
    if (created !== undefined) return created.reaction?.log ?? '';
    return this.get({ apiVersion: 'v1', plural: 'pods' }, namespace, name) === undefined ? undefined : '';
  }

  #stamps(before: KubernetesObject, after: KubernetesObject): object {
    const { generation } = before.metadata as { readonly generation?: number };
    const changed = !isEqual(before['spec'], after['spec']);
    return {
      resourceVersion: this.#nextVersion(),
      ...(generation === undefined ? {} : { generation: changed ? generation + 1 : generation }),
    };
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #current({ object, at, reaction }: Created): KubernetesObject {
    return reacted(object, reaction, this.#agenda.elapsed - at);
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

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

const isNamed =
  (name: string, namespace: string | undefined) =>
  ({ metadata }: KubernetesObject): boolean =>
    metadata.name === name && metadata.namespace === namespace;
