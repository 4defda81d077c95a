import type { Pod } from '#lib/model/kubernetes.ts';

/** Why a pod is not ready. */
export interface PodFault {
  /** As Kubernetes names it: CrashLoopBackOff, ImagePullBackOff, NotReady. */
  readonly reason: string;
  /** How a container ended with an error, as OOMKilled; with its exit code. */
  readonly terminatedReason?: string;
  readonly exitCode?: number;
}

/** `starting`: young, and nothing has gone wrong yet. */
export type PodReadiness = { readonly state: 'ready' } | { readonly state: 'starting' | 'failing'; readonly fault: PodFault };

/** @param startedBefore ISO 8601: a pod created later is still starting */
export function podReadiness(pod: Pod, startedBefore: string): PodReadiness {
  if (pod.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return { state: 'ready' };
  const fault = faultOf(pod);
  const young = pod.createdAt > startedBefore && fault.exitCode === undefined && !isStuck(fault.reason);
  return { state: young ? 'starting' : 'failing', fault };
}

/** Waiting reasons that a container passes through when all is well. */
const PASSING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing', 'NotReady']);
const isStuck = (reason: string): boolean => !PASSING.has(reason);

function faultOf(pod: Pod): PodFault {
  const broken = pod.containers.filter(({ ready, exitCode, init }) => !ready && !(init && exitCode === 0));
  const worst =
    broken.find(({ waitingReason }) => waitingReason !== undefined && isStuck(waitingReason)) ??
    broken.find(({ exitCode = 0 }) => exitCode !== 0) ??
    broken[0];
  const unscheduled = pod.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const reason = worst?.waitingReason ?? pod.reason ?? unscheduled?.reason ?? worst?.terminatedReason ?? 'NotReady';
  if (worst?.exitCode === undefined || worst.exitCode === 0) return { reason };
  const { terminatedReason, exitCode } = worst;
  return { reason, exitCode, ...(terminatedReason === undefined ? {} : { terminatedReason }) };
}

/** Of all its containers, over the pod's life. */
export function restartsOf(pod: Pod | undefined): number {
  return pod?.containers.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;
}

const DAY = 24 * 3600 * 1000;

/** Restarts over the pod's life a day; a pod's first day counts as a whole one. */
export function podRestartsADay(pod: Pod, now: Date): number {
  return restartsOf(pod) / Math.max(1, (now.getTime() - Date.parse(pod.createdAt)) / DAY);
}
