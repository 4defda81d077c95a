/** Situations of CNIs and their agents: one function each. */
import type { JsonObject, KubernetesObject, World, WorldCluster } from '#lib/sandbox/world.ts';
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

const isKubeProxy = ({ metadata }: KubernetesObject) => metadata.labels?.['k8s-app'] === 'kube-proxy';

/** Neither its DaemonSet nor its pods. */
export const noKubeProxy = () => {
  const without = (items: readonly KubernetesObject[]) => items.filter((item) => !isKubeProxy(item));
  return withObjects(withObjects(shop(), 'daemonsets', without), 'pods', without);
};

/** Two of four nodes have none. */
export const kubeProxyMissing = () =>
  withObjects(shop(), 'pods', (items) => {
    const gone = new Set(items.filter(isKubeProxy).slice(0, 2));
    return items.filter((item) => !gone.has(item));
  });

/** Every node runs this version. */
export const kubeProxyOf = (tag: string) =>
  withObjects(shop(), 'pods', (items) =>
    items.map((item) => (isKubeProxy(item) ? { ...item, spec: withImage(item['spec'], `eks/kube-proxy:${tag}`) } : item)),
  );

/** A pod's `spec` with another image in all its containers. */
function withImage(spec: unknown, image: string): JsonObject {
  const { containers, ...rest } = spec as { readonly containers: readonly JsonObject[] };
  return { ...rest, containers: containers.map((container) => ({ ...container, image })) };
}

/** Another CNI's DaemonSet beside aws-node, on every node. */
export const secondCni = (name: string, container: string) =>
  withObjects(shop(), 'daemonsets', (items) => {
    const labels = name === 'kube-flannel-ds' ? { app: 'flannel' } : { 'k8s-app': name };
    const containers = [{ name: container, image: `${name}:v1.2.3` }];
    const template = { metadata: { labels }, spec: { hostNetwork: true, tolerations: [{ operator: 'Exists' }], containers } };
    const metadata = { name, namespace: 'kube-system', labels };
    const status = { desiredNumberScheduled: 4, currentNumberScheduled: 4, numberReady: 4, updatedNumberScheduled: 4 };
    const spec = { selector: { matchLabels: labels }, template };
    return [...items, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec, status }];
  });

/** The agent of one node of four was killed for want of memory, and crashes since. */
export const agentOutOfMemory = () =>
  withObjects(agentDown(), 'pods', (items) =>
    items.map((item) => (item.metadata.name.startsWith('aws-node') ? { ...item, status: outOfMemory(item['status']) } : item)),
  );

/** A pod's `status` whose containers ended with an error: all of these ended for want of memory. */
function outOfMemory(status: unknown): JsonObject {
  const { containerStatuses, ...rest } = status as { readonly containerStatuses: readonly JsonObject[] };
  const killed = { terminated: { reason: 'OOMKilled', exitCode: 137 } };
  return { ...rest, containerStatuses: containerStatuses.map((one) => (one['lastState'] ? { ...one, lastState: killed } : one)) };
}

/** The VPC CNI enforces network policies on nodes of this kernel. */
export const kernel = (kernelVersion: string) =>
  withObjects(shop({ cluster: { enforcesNetworkPolicies: true } }), 'nodes', (items) =>
    items.map((item) => {
      const status = item['status'] as { readonly nodeInfo: JsonObject };
      return { ...item, status: { ...status, nodeInfo: { ...status.nodeInfo, kernelVersion } } };
    }),
  );
