import { freeAddress } from '#lib/sandbox/controllers/node-addresses.ts';
import { isHostNetwork, isReady, nodeOf, podStatus } from '#lib/sandbox/controllers/pod-state.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';

const PODS = { apiVersion: 'v1', plural: 'pods' };
const NODES = { apiVersion: 'v1', plural: 'nodes' };

/** Lets a pod run on its node. One that needs an address of its own, and for which the node has none, goes on waiting. */
export function startPod(cluster: LiveCluster, { namespace, name }: { namespace: string; name: string }): void {
  const { store, live } = cluster;
  const pod = store.get(PODS, namespace, name);
  const node = pod && store.get(NODES, undefined, nodeOf(pod) ?? '');
  if (pod === undefined || node === undefined || isReady(pod)) return;
  const { addresses = [] } = (node['status'] ?? {}) as {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  };
  const hostIp = addresses.find(({ type }) => type === 'InternalIP')?.address;
  const podIp = isHostNetwork(pod) ? hostIp : freeAddress(cluster, node.metadata.name);
  store.replace(PODS, { ...pod, status: podStatus(pod, { at: live.agenda.time.toISOString(), hostIp, podIp }) });
}
