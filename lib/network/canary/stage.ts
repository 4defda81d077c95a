import type { CanaryPod } from '#lib/model/canary.ts';

/** Where a canary pod got to. The names are a contract: evidence and alarms may match on them. */
export type CanaryStage = 'running' | 'not-scheduled' | 'no-network' | 'no-image' | 'not-started' | 'gone';

/** Reasons of a waiting container. Source: kubernetes/kubernetes pkg/kubelet/images/types.go. */
const NO_IMAGE =
  /^(ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;
/** Those that no waiting cures: a first failure to pull may be cured by the next attempt. Source: pkg/kubelet/kuberuntime/kuberuntime_container.go. */
const FINAL =
  /^(ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError|RunContainerError|CrashLoopBackOff)$/;

/** Whether a waiting container with this reason will not run. */
export function cannotStart(waiting: string | undefined): boolean {
  return waiting !== undefined && FINAL.test(waiting);
}

export interface Progress {
  readonly stage: CanaryStage;
  /** In the words of the scheduler, the kubelet or the runtime; null where they said nothing. */
  readonly why: string | null;
}

/** How far a pod came, and why it came no further. */
export function canaryStage(pod: CanaryPod): Progress {
  const { waiting, failure } = pod;
  const told = waiting && [waiting.reason, waiting.message].filter(Boolean).join(': ');
  if (pod.gone) return { stage: 'gone', why: null };
  if (pod.runningAt !== undefined) return { stage: 'running', why: null };
  if (pod.nodeName === undefined) return { stage: 'not-scheduled', why: pod.unschedulable ?? null };
  if (failure !== undefined) return { stage: 'not-started', why: failure };
  if (waiting && NO_IMAGE.test(waiting.reason)) return { stage: 'no-image', why: told ?? null };
  if (!hasNetwork(pod)) return { stage: 'no-network', why: pod.sandboxFailure ?? null };
  return { stage: 'not-started', why: told ?? null };
}

/** Before Kubernetes 1.29 no condition tells, and an address does. */
function hasNetwork({ networkAt, podIps }: CanaryPod): boolean {
  return networkAt !== undefined || podIps.length > 0;
}

export interface CanarySeconds {
  /** From creation. */
  readonly toScheduled: number | null;
  /** From the scheduler's choice to the sandbox with its network; null before Kubernetes 1.29, which does not state it. */
  readonly toNetwork: number | null;
  /** From creation, the image's pull among it. */
  readonly toRunning: number | null;
}

/** In whole seconds, which is what conditions are stamped with. Clocks of two machines may differ: never below 0. */
export function canarySeconds({ createdAt, scheduledAt, networkAt, runningAt }: CanaryPod): CanarySeconds {
  return {
    toScheduled: between(createdAt, scheduledAt),
    toNetwork: between(scheduledAt, networkAt),
    toRunning: between(createdAt, runningAt),
  };
}

function between(from: string | undefined, to: string | undefined): number | null {
  if (from === undefined || to === undefined) return null;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : null;
}
