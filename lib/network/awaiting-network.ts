import type { Event, Pod } from '#lib/model/kubernetes.ts';

/** Whether a pod is on a node, needs a network of its own, and has not ended. */
export function needsNetwork({ phase, hostNetwork, deletedAt, nodeName }: Pod): boolean {
  return (phase === 'Pending' || phase === 'Running') && !hostNetwork && deletedAt === undefined && nodeName !== undefined;
}

/** When a pod got its node, ISO 8601; undefined where no condition says that it has one. */
export function scheduledAt({ conditions, createdAt }: Pod): string | undefined {
  const scheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'True');
  return scheduled && (scheduled.lastTransitionTime ?? createdAt);
}

/** Whether it is pending, and was scheduled early enough to have a network by now. */
export function scheduledBefore(pod: Pod, since: string): boolean {
  const at = scheduledAt(pod);
  return pod.phase === 'Pending' && at !== undefined && at <= since;
}

/** Whether its kubelet states the condition; those before Kubernetes 1.29 do not. */
export function saysOfNetwork(pod: Pod): boolean {
  return networkCondition(pod) !== undefined;
}

function networkCondition({ conditions }: Pod): Pod['conditions'][number] | undefined {
  return conditions.find(({ type }) => type === 'PodReadyToStartContainers');
}

/**
 * Pods that were scheduled and have no network yet. `ContainerCreating` alone would also mean a slow image or volume:
 * the condition PodReadyToStartContainers tells, and before Kubernetes 1.29 an event of the sandbox.
 * Source: Kubernetes documentation, "Pod Lifecycle", section "Pod network readiness".
 * @param since ISO 8601: a pod that was scheduled later is only on its way
 */
export function awaitingPods(pods: readonly Pod[], events: readonly Event[], since: string): readonly Pod[] {
  const sandboxFailed = new Set(
    events
      .filter(({ reason, involved }) => reason === 'FailedCreatePodSandBox' && involved.kind === 'Pod')
      .map(({ involved }) => `${involved.namespace}/${involved.name}`),
  );
  return pods.filter((pod) => {
    if (!needsNetwork(pod) || !scheduledBefore(pod, since)) return false;
    const network = networkCondition(pod);
    return network ? network.status === 'False' : sandboxFailed.has(`${pod.namespace}/${pod.name}`);
  });
}

/** The same by their node. */
export function podsAwaitingNetwork(
  pods: readonly Pod[],
  events: readonly Event[],
  since: string,
): ReadonlyMap<string, readonly Pod[]> {
  return Map.groupBy(awaitingPods(pods, events, since), ({ nodeName }) => nodeName ?? '');
}
