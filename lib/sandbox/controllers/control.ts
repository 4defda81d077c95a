/** What the controllers and kubelets of a cluster do about a change. */
import { roll, startOn } from '#lib/sandbox/controllers/daemon-set.ts';
import { endpointChanged } from '#lib/sandbox/controllers/endpoints.ts';
import { settlePool } from '#lib/sandbox/controllers/ipamd.ts';
import { startPod } from '#lib/sandbox/controllers/kubelet.ts';
import { isReady, nodeOf, ownerOf } from '#lib/sandbox/controllers/pod-state.ts';
import { deploymentOf, replace, rollDeployment, scheduleWaiting } from '#lib/sandbox/controllers/replicas.ts';
import type { Change } from '#lib/sandbox/kubernetes-store.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import { isEqual } from '#lib/sandbox/patch/json-object.ts';
import { reactionTo } from '#lib/sandbox/reactions.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

/** Lets them act on whatever is written from now on. */
export function control(cluster: LiveCluster): void {
  const { agenda, pace } = cluster.live;
  cluster.store.onChange = ({ kind, before, after }) => {
    const isAnother = after !== undefined && before !== undefined && !isEqual(before['spec'], after['spec']);
    if (kind === 'Pod') podChanged(cluster, { kind, before, after });
    else if (kind === 'DaemonSet' && isAnother) agenda.after(pace.controller, () => roll(cluster, named(after)));
    else if (kind === 'Deployment' && isAnother) agenda.after(pace.controller, () => rollDeployment(cluster, after));
    else if (kind === 'Node' && after !== undefined && (isAnother || before === undefined || isReady(before) !== isReady(after)))
      agenda.after(pace.controller, () => scheduleWaiting(cluster));
  };
}

function podChanged(cluster: LiveCluster, { before, after }: Change): void {
  const pod = after ?? before;
  const owner = pod && ownerOf(pod);
  if (pod === undefined || owner === undefined) return;
  if (after === undefined) gone(cluster, pod);
  else if (before === undefined || (nodeOf(before) === undefined && nodeOf(after) !== undefined)) arrived(cluster, after);
  else if (isReady(before) !== isReady(after)) cluster.live.agenda.after(0, () => observe(cluster, named(after)));
}

function gone(cluster: LiveCluster, pod: KubernetesObject): void {
  const { agenda, pace } = cluster.live;
  endpointChanged(cluster, pod, undefined);
  const owner = ownerOf(pod);
  const node = nodeOf(pod);
  if (owner?.kind === 'DaemonSet' && node !== undefined) {
    const daemonSet = { namespace: pod.metadata.namespace ?? '', name: owner.name };
    agenda.after(pace.controller, () => startOn(cluster, daemonSet, node));
  }
  if (owner?.kind === 'ReplicaSet') agenda.after(pace.controller, () => replace(cluster, pod));
}

/** A pod that the world has a reaction for becomes what that says, and any other one runs. */
function arrived(cluster: LiveCluster, pod: KubernetesObject): void {
  const { agenda, pace } = cluster.live;
  if (nodeOf(pod) === undefined) return;
  const reaction = reactionTo(pod, cluster.now.reactions);
  if (reaction === undefined) agenda.after(pace.podStart, () => startPod(cluster, named(pod)));
  for (const { afterMs } of reaction?.steps ?? []) agenda.after(afterMs, () => observe(cluster, named(pod)));
}

/** A pod has become ready, or is no more. */
function observe(cluster: LiveCluster, { namespace, name }: { namespace: string; name: string }): void {
  const { store, live } = cluster;
  const pod = store.get({ apiVersion: 'v1', plural: 'pods' }, namespace, name);
  if (pod === undefined) return;
  endpointChanged(cluster, pod, isReady(pod) ? pod : undefined);
  const owner = ownerOf(pod);
  const node = nodeOf(pod);
  if (owner?.kind === 'DaemonSet' && owner.name === 'aws-node' && isReady(pod) && node !== undefined) {
    for (const waiting of settlePool(cluster, node))
      live.agenda.after(live.pace.podStart, () => startPod(cluster, named(waiting)));
  }
  if (owner?.kind === 'DaemonSet') roll(cluster, { namespace, name: owner.name });
  const deployment = owner?.kind === 'ReplicaSet' ? deploymentOf(cluster, pod) : undefined;
  if (deployment !== undefined) rollDeployment(cluster, deployment);
}

function named({ metadata: { namespace = '', name } }: KubernetesObject): { namespace: string; name: string } {
  return { namespace, name };
}
