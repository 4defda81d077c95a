/** Situations of CNIs and their agents: one function each. */
import type { KubernetesObject, World, WorldCluster } from '#lib/sandbox/world.ts';
import { shop } from './shop.ts';

/** A world with something else about its one cluster. */
export function withCluster(world: World, change: (cluster: WorldCluster) => Partial<WorldCluster>): World {
  return { ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, ...change(cluster) })) };
}

/** A world with other objects of one kind. */
export function withObjects(
  world: World,
  plural: string,
  change: (items: readonly KubernetesObject[]) => readonly KubernetesObject[],
): World {
  return withCluster(world, ({ kubernetes }) => ({
    kubernetes: kubernetes.map((resource) =>
      resource.plural === plural ? { ...resource, items: change(resource.items) } : resource,
    ),
  }));
}

/** Kinds that RBAC refuses. */
export const refused = (...forbidden: readonly string[]) => withCluster(shop(), () => ({ forbidden }));

/** The agent of one node of four is in a crash loop, and pods wait there. */
export const agentDown = () => shop({ cluster: { crashingAgents: [1], waitingPodsPerNode: 3 } });

/** Three pods more on each node than an m5.large has addresses. */
export const nodesFull = () => shop({ group: { podsPerNode: 30 } });

/** Pods wait, and the kubelet's events say this. */
export const failingWith = (message: string) =>
  withObjects(agentDown(), 'events', (items) => items.map((item) => ({ ...item, message })));
