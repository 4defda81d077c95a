import type { KubernetesPermission } from '#lib/model/permissions.ts';

/** The group that an access entry puts the reader into; its ClusterRole bears the same name. */
export const READER_GROUP = 'cniwatch-readers';

const API_GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${API_GROUP}/v1`;

/** A Role or ClusterRole, or the binding of one to a group. */
export interface RbacObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/**
 * A ClusterRole of exactly these permissions and its binding to a group, both of the group's name unless said; ready to be applied.
 * What is allowed in one namespace alone becomes a Role there.
 */
export function clusterRole(group: string, permissions: readonly KubernetesPermission[], name: string = group): RbacObject[] {
  const byNamespace = Map.groupBy(permissions, ({ namespace }) => namespace);
  return [...byNamespace].flatMap(([namespace, rules]) => boundRole(group, { name, namespace, rules }));
}

function boundRole(
  group: string,
  { name, namespace, rules }: { name: string; namespace: string | undefined; rules: readonly KubernetesPermission[] },
): RbacObject[] {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return [
    {
      apiVersion: API_VERSION,
      kind,
      metadata,
      rules: rules.map(({ apiGroup, namespace: _, ...rule }) => ({ apiGroups: [apiGroup], ...rule })),
    },
    {
      apiVersion: API_VERSION,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: API_GROUP, kind, name },
      subjects: [{ apiGroup: API_GROUP, kind: 'Group', name: group }],
    },
  ];
}
