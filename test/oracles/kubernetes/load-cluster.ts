import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { WorldCluster } from '#lib/sandbox/world.ts';
import { apply, defineKinds, type KubernetesObject } from './apply.ts';
import { type KubeApiServer, VIEWERS } from './server.ts';

/** Loads a cluster's objects and whatever kinds the server does not have of its own; what the world forbids is not granted. */
export async function loadCluster(api: KubeApiServer, { kubernetes: all, forbidden = [] }: WorldCluster): Promise<void> {
  // Served by the metrics server, which keeps no objects.
  const kubernetes = all.filter(({ apiVersion }) => !apiVersion.startsWith('metrics.k8s.io/'));
  const custom = kubernetes.filter(({ apiVersion }) => isCustom(apiVersion));
  await defineKinds(
    api.admin,
    custom.map(({ apiVersion, kind, plural, namespaced }) => {
      const [group = '', version = ''] = apiVersion.split('/');
      return { group, version, kind, plural, namespaced };
    }),
  );
  const objects = kubernetes.flatMap(({ apiVersion, kind, items }) =>
    items.map((item): KubernetesObject => ({ ...item, apiVersion, kind })),
  );
  const granted = READ_PERMISSIONS.kubernetes
    .map(({ resources, ...rule }) => ({ ...rule, resources: resources.filter((resource) => !forbidden.includes(resource)) }))
    .filter(({ resources }) => resources.length > 0);
  await apply(api.admin, [...clusterRole(VIEWERS, granted), ...objects]);
}

/** Groups of Kubernetes itself have no dot, or end in k8s.io; the VPC CNI's end in k8s.aws and k8s.amazonaws.com. */
const isCustom = (apiVersion: string) => /\./.test(apiVersion) && !/\.k8s\.io\//.test(apiVersion);
