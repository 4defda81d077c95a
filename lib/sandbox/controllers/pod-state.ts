/** What pods are like, and what kubelets write of them. */
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

export function ownerOf({ metadata }: KubernetesObject): Owner | undefined {
  const { ownerReferences = [] } = metadata as { readonly ownerReferences?: readonly Owner[] };
  return ownerReferences[0];
}

export function nodeOf(pod: KubernetesObject): string | undefined {
  return (pod['spec'] as { readonly nodeName?: string } | undefined)?.nodeName;
}

export function isHostNetwork(pod: KubernetesObject): boolean {
  return (pod['spec'] as { readonly hostNetwork?: boolean } | undefined)?.hostNetwork === true;
}

export function isReady(pod: KubernetesObject): boolean {
  const { conditions = [] } = (pod['status'] ?? {}) as { readonly conditions?: readonly JsonObject[] };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

export function addressesOfPod(pod: KubernetesObject): readonly string[] {
  const { podIP, podIPs = [] } = (pod['status'] ?? {}) as {
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
  };
  return podIPs.length > 0 ? podIPs.map(({ ip }) => ip) : podIP === undefined ? [] : [podIP];
}

interface PodStatus {
  readonly at: string;
  readonly hostIp: string | undefined;
  /** Absent while it waits for its network. */
  readonly podIp?: string | undefined;
}

/** The status of a pod on a node: it runs once it has an address. */
export function podStatus(pod: KubernetesObject, { at, hostIp, podIp }: PodStatus): JsonObject {
  const up = podIp !== undefined;
  const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False', lastTransitionTime: at });
  const { containers = [], initContainers = [] } = pod['spec'] as {
    readonly containers?: readonly { readonly name: string; readonly image?: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
  };
  const waiting = { waiting: { reason: 'ContainerCreating' } };
  const of = (state: JsonObject) => (each: { readonly name: string; readonly image?: string }) => ({
    name: each.name,
    image: each.image ?? '',
    imageID: '',
    ready: up,
    restartCount: 0,
    started: up,
    state: up ? state : waiting,
  });
  return {
    phase: up ? 'Running' : 'Pending',
    ...(hostIp === undefined ? {} : { hostIP: hostIp }),
    ...(up ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    startTime: at,
    conditions: [
      condition('PodScheduled', true),
      condition('PodReadyToStartContainers', up),
      condition('Initialized', true),
      condition('ContainersReady', up),
      condition('Ready', up),
    ],
    ...(initContainers.length === 0
      ? {}
      : { initContainerStatuses: initContainers.map(of({ terminated: { exitCode: 0, reason: 'Completed', finishedAt: at } })) }),
    containerStatuses: containers.map(of({ running: { startedAt: at } })),
  };
}
