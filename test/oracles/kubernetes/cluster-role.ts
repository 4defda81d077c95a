import type { KubernetesPermission } from '#lib/model/permissions.ts';
import type { KubernetesObject } from './apply.ts';
import { VIEWERS } from './server.ts';

/** A ClusterRole of exactly the declared permissions, bound to the viewers' group. */
export function viewerRole(permissions: readonly KubernetesPermission[]): readonly KubernetesObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const name = VIEWERS;
  const rules = permissions.map(({ apiGroup: group, resources, verbs }) => ({ apiGroups: [group], resources, verbs }));
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'Group', name: VIEWERS }],
    },
  ];
}
