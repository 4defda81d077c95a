import { COLLECTORS } from '#lib/collect/collectors.ts';
import type { AwsPermission, KubernetesPermission, Permissions } from '#lib/model/permissions.ts';
import type { SliceKey } from '#lib/model/snapshot.ts';

/** Everything that collecting one cluster may ask for, opt-in sources apart. Discover's own stand beside discover. */
export const READ_PERMISSIONS: Permissions = gatherPermissions(
  Object.values(COLLECTORS)
    .filter(({ optIn }) => !optIn)
    .map(({ permissions }) => permissions),
);

/** What each opt-in source needs on top. */
export const OPT_IN_PERMISSIONS: Readonly<Partial<Record<SliceKey, Permissions>>> = Object.fromEntries(
  Object.values(COLLECTORS)
    .filter(({ optIn }) => optIn)
    .map(({ key, permissions }) => [key, permissions]),
);

/** The union, each entry once, in a stable order. */
export function gatherPermissions(all: readonly Permissions[]): Permissions {
  const aws = new Map<string, AwsPermission>();
  const kubernetes = new Map<string, KubernetesPermission>();
  for (const permissions of all) {
    for (const permission of permissions.aws) aws.set(JSON.stringify(permission), permission);
    for (const permission of permissions.kubernetes) addRule(kubernetes, permission);
  }
  return { aws: sorted(aws), kubernetes: sorted(kubernetes) };
}

/** Rules of one group and namespace, the same verbs and the same names become one, as a person would write a ClusterRole. */
function addRule(rules: Map<string, KubernetesPermission>, permission: KubernetesPermission): void {
  const { apiGroup, resources, resourceNames = [], verbs, namespace = '' } = permission;
  const key = [namespace, apiGroup, ...verbs, ...resourceNames].join(' ');
  const together = new Set([...(rules.get(key)?.resources ?? []), ...resources]);
  rules.set(key, { ...permission, resources: [...together].sort() });
}

function sorted<T>(entries: ReadonlyMap<string, T>): T[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
