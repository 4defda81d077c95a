/** What tells the elements of a list apart, where the API server merges them; every other list is replaced whole. */
export interface ListKey {
  /** Of a strategic merge: `patchMergeKey`. */
  readonly strategic: string;
  /** Of server-side apply: `x-kubernetes-list-map-keys`. */
  readonly apply: readonly string[];
}

const byName: ListKey = { strategic: 'name', apply: ['name'] };

/** By the list's field. Source: Kubernetes API types, k8s.io/api core/v1 types.go, struct tags and list markers. */
const LIST_KEYS: Readonly<Record<string, ListKey>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  volumes: byName,
  imagePullSecrets: byName,
  volumeMounts: { strategic: 'mountPath', apply: ['mountPath'] },
  conditions: { strategic: 'type', apply: ['type'] },
  ownerReferences: { strategic: 'uid', apply: ['uid'] },
  topologySpreadConstraints: { strategic: 'topologyKey', apply: ['topologyKey', 'whenUnsatisfiable'] },
};

/** Ports of a container and of a Service have different keys. */
export function listKey(field: string, elements: readonly unknown[]): ListKey | undefined {
  if (field !== 'ports') return Object.hasOwn(LIST_KEYS, field) ? LIST_KEYS[field] : undefined;
  const ofContainer = elements.some((element) => Object.hasOwn(Object(element), 'containerPort'));
  const port = ofContainer ? 'containerPort' : 'port';
  return { strategic: port, apply: [port, 'protocol'] };
}
