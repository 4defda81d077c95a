import type { KubernetesPermission } from '#lib/model/permissions.ts';

const API_GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${API_GROUP}/v1`;

/** A ClusterRole of exactly these permissions and its binding to a group, both of the group's name unless said; ready to be applied. */
export function clusterRole(group: string, permissions: readonly KubernetesPermission[], name: string = group) {
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ClusterRole',
      metadata: { name },
      rules: permissions.map(({ apiGroup, ...rule }) => ({ apiGroups: [apiGroup], ...rule })),
    },
    {
      apiVersion: API_VERSION,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: API_GROUP, kind: 'Group', name: group }],
    },
  ] as const;
}
