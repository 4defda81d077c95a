/** Kubernetes objects as their controllers and kubelets write them, ready for a real API server: spec first, then status. */
import { suffix, uid } from '#lib/sandbox/builder/ids.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

/** The API server labels every namespace with its name. */
export function namespaceObject(name: string, createdAt: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      uid: uid('namespace', name),
      creationTimestamp: createdAt,
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

export function condition(type: string, status: string, since: string, reason?: string, message?: string): JsonObject {
  return { type, status, lastTransitionTime: since, ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
}

export interface PodObject {
  readonly namespace: string;
  /** Of the workload; the pod's own name has a tail. */
  readonly app: string;
  readonly key: string | number;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly podIp?: string;
  readonly hostNetwork?: boolean;
  readonly owner: 'ReplicaSet' | 'DaemonSet';
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly containerName?: string;
  readonly ports?: readonly JsonObject[];
  readonly createdAt: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** In a crash loop: restarts and the last exit. */
  readonly crashing?: { readonly restarts: number; readonly exitCode: number; readonly reason: string };
}

/** Controllers add five characters and try again where a name is taken; these are drawn once, so that 30,000 must not meet. */
const TAIL = 8;

export function podName({ app, owner, key }: Pick<PodObject, 'app' | 'owner' | 'key'>): string {
  return `${app}${owner === 'ReplicaSet' ? `-${suffix(9, app)}` : ''}-${suffix(TAIL, app, key)}`;
}

/** A pod that runs; one that has no address though it needs one waits for its network; a crashing one is not ready. */
export function podObject(pod: PodObject): KubernetesObject {
  const name = podName(pod);
  const ip = pod.hostNetwork ? pod.nodeIp : pod.podIp;
  const container = pod.containerName ?? pod.app;
  const up = ip !== undefined;
  const ready = up && pod.crashing === undefined;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: pod.namespace,
      uid: uid('pod', pod.namespace, name),
      creationTimestamp: pod.createdAt,
      labels: pod.labels ?? { 'app.kubernetes.io/name': pod.app },
      ...(pod.annotations ? { annotations: pod.annotations } : {}),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: pod.owner,
          name: pod.owner === 'DaemonSet' ? pod.app : `${pod.app}-${suffix(9, pod.app)}`,
          uid: uid(pod.owner, pod.namespace, pod.app),
          controller: true,
        },
      ],
    } as KubernetesObject['metadata'],
    spec: {
      nodeName: pod.nodeName,
      serviceAccountName: pod.owner === 'DaemonSet' ? pod.app : 'default',
      ...(pod.hostNetwork ? { hostNetwork: true } : {}),
      // As the API server fills it in; CoreDNS itself asks the node's resolver.
      dnsPolicy: pod.app === 'coredns' ? 'Default' : 'ClusterFirst',
      containers: [{ name: container, image: pod.image, ...(pod.ports ? { ports: pod.ports } : {}) }],
    },
    status: {
      phase: up ? 'Running' : 'Pending',
      hostIP: pod.nodeIp,
      ...(up ? { podIP: ip, podIPs: [{ ip }] } : {}),
      startTime: pod.createdAt,
      conditions: [
        condition('PodScheduled', 'True', pod.createdAt),
        condition('PodReadyToStartContainers', up ? 'True' : 'False', pod.createdAt),
        condition('Initialized', 'True', pod.createdAt),
        condition('ContainersReady', ready ? 'True' : 'False', pod.createdAt),
        condition('Ready', ready ? 'True' : 'False', pod.createdAt),
      ],
      containerStatuses: [
        {
          name: container,
          image: pod.image,
          imageID: '',
          ready,
          restartCount: pod.crashing?.restarts ?? 0,
          started: ready,
          ...containerState(pod, up),
        },
      ],
    },
  };
}

function containerState({ crashing, createdAt }: PodObject, up: boolean): JsonObject {
  if (crashing !== undefined) {
    return {
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
      lastState: {
        terminated: { exitCode: crashing.exitCode, reason: crashing.reason, startedAt: createdAt, finishedAt: createdAt },
      },
    };
  }
  return { state: up ? { running: { startedAt: createdAt } } : { waiting: { reason: 'ContainerCreating' } } };
}

interface EventObject {
  readonly reason: string;
  readonly message: string;
  readonly involved: KubernetesObject;
  readonly nodeName: string;
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** A Warning event of the kubelet, on a pod or its node: those of nodes stand in the namespace default. */
export function eventObject({ reason, message, involved, nodeName, count, firstSeen, lastSeen }: EventObject): KubernetesObject {
  const { name, namespace, uid: involvedUid } = involved.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${uid(name, reason).replaceAll('-', '').slice(0, 16)}`,
      namespace: namespace ?? 'default',
      creationTimestamp: firstSeen,
    },
    involvedObject: { apiVersion: 'v1', kind: involved['kind'], name, uid: involvedUid, ...(namespace ? { namespace } : {}) },
    reason,
    message,
    type: 'Warning',
    source: { component: 'kubelet', host: nodeName },
    count,
    firstTimestamp: firstSeen,
    lastTimestamp: lastSeen,
  };
}
