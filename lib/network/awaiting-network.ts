import type { Event, Pod } from '#lib/model/kubernetes.ts';

/**
 * Pods that were scheduled and have no network yet, by their node. `ContainerCreating` alone would also mean a slow image or volume:
 * the condition PodReadyToStartContainers tells, and before Kubernetes 1.29 an event of the sandbox.
 * Source: Kubernetes documentation, "Pod Lifecycle", section "Pod network readiness".
 * @param since ISO 8601: a pod that was scheduled later is only on its way
 */
export function podsAwaitingNetwork(
  pods: readonly Pod[],
  events: readonly Event[],
  since: string,
): ReadonlyMap<string, readonly Pod[]> {
  const sandboxFailed = new Set(
    events
      .filter(({ reason, involved }) => reason === 'FailedCreatePodSandBox' && involved.kind === 'Pod')
      .map(({ involved }) => `${involved.namespace}/${involved.name}`),
  );
  const waiting = pods.filter((pod) => {
    if (pod.phase !== 'Pending' || pod.hostNetwork || pod.deletedAt !== undefined || pod.nodeName === undefined) return false;
    const scheduled = pod.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'True');
    if (scheduled === undefined || (scheduled.lastTransitionTime ?? pod.createdAt) > since) return false;
    const network = pod.conditions.find(({ type }) => type === 'PodReadyToStartContainers');
    return network ? network.status === 'False' : sandboxFailed.has(`${pod.namespace}/${pod.name}`);
  });
  return Map.groupBy(waiting, ({ nodeName }) => nodeName ?? '');
}
