/** Nodes, pods and events of a Snapshot as the API server would give them. */
import type { Container, Event, Node, Pod } from '#lib/model/kubernetes.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

export function nodeObject(node: Node): KubernetesObject {
  const { name, labels, annotations, createdAt, allocatablePods, allocatablePodEnis } = node;
  const { kubeletVersion, kernelVersion, osImage, operatingSystem, architecture } = node;
  return {
    metadata: { name, labels, annotations, creationTimestamp: createdAt },
    spec: {
      ...(node.providerId === undefined ? {} : { providerID: node.providerId }),
      ...(node.podCidrs.length === 0 ? {} : { podCIDR: node.podCidrs[0], podCIDRs: node.podCidrs }),
      ...(node.unschedulable ? { unschedulable: true } : {}),
      ...(node.taints.length === 0 ? {} : { taints: node.taints }),
    },
    status: {
      allocatable: {
        ...(allocatablePods === undefined ? {} : { pods: String(allocatablePods) }),
        ...(allocatablePodEnis === undefined ? {} : { 'vpc.amazonaws.com/pod-eni': String(allocatablePodEnis) }),
      },
      addresses: node.internalIps.map((address) => ({ type: 'InternalIP', address })),
      conditions: node.conditions,
      nodeInfo: { kubeletVersion, kernelVersion, osImage, operatingSystem, architecture },
    },
  };
}

export function podObject(pod: Pod): KubernetesObject {
  const { namespace, name, labels, createdAt, owner, podEni, fargatePodSg, deletedAt } = pod;
  const annotations = {
    ...(podEni === undefined ? {} : { 'vpc.amazonaws.com/pod-eni': podEni }),
    ...(fargatePodSg === undefined ? {} : { 'fargate.amazonaws.com/pod-sg': fargatePodSg }),
  };
  const of = (init: boolean) => pod.containers.filter((each) => each.init === init);
  return {
    metadata: {
      namespace,
      name,
      labels,
      annotations,
      creationTimestamp: createdAt,
      ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'apps/v1', ...owner, controller: true }] }),
      ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }),
    } as KubernetesObject['metadata'],
    spec: {
      nodeName: pod.nodeName,
      serviceAccountName: pod.serviceAccountName,
      dnsPolicy: pod.dnsPolicy,
      ...(pod.hostNetwork ? { hostNetwork: true } : {}),
      initContainers: of(true).map(containerObject),
      containers: of(false).map(containerObject),
    },
    status: {
      phase: pod.phase,
      reason: pod.reason,
      podIP: pod.podIps[0],
      podIPs: pod.podIps.map((ip) => ({ ip })),
      conditions: pod.conditions,
      initContainerStatuses: of(true).map(containerStatus),
      containerStatuses: of(false).map(containerStatus),
    },
  };
}

function containerObject({ name, image, ports, memoryLimit }: Container): JsonObject {
  return {
    name,
    image,
    ...(ports.length === 0 ? {} : { ports }),
    ...(memoryLimit === undefined ? {} : { resources: { limits: { memory: memoryLimit } } }),
  };
}

function containerStatus({ name, ready, restartCount, ...container }: Container): JsonObject {
  const { waitingReason, waitingMessage, terminatedReason: reason, exitCode } = container;
  const waiting = { ...(waitingReason === undefined ? {} : { reason: waitingReason }), message: waitingMessage };
  const hasEnded = reason !== undefined || exitCode !== undefined;
  const isWaiting = waitingReason !== undefined || waitingMessage !== undefined;
  return {
    name,
    ready,
    restartCount,
    state: isWaiting ? { waiting } : ready ? { running: {} } : {},
    ...(hasEnded ? { lastState: { terminated: { reason, exitCode } } } : {}),
  };
}

export function eventObject({ namespace, involved, ...event }: Event, at: number): KubernetesObject {
  const { reason, message, count, firstSeen, lastSeen, sourceHost } = event;
  return {
    metadata: { namespace, name: `${involved.name}.${at}` },
    involvedObject: involved,
    type: 'Warning',
    reason,
    message,
    count,
    firstTimestamp: firstSeen,
    lastTimestamp: lastSeen,
    source: { host: sourceHost },
  };
}
