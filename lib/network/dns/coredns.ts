import type { DaemonSet, Deployment, EndpointSlice, Node, Pod } from '#lib/model/kubernetes.ts';
import { imageTag } from '#lib/network/cni.ts';
import { commandFlag } from '#lib/network/command-flag.ts';
import { maxUnavailable } from '#lib/network/daemon-set-scheduling.ts';
import { type PodFault, podReadiness } from '#lib/network/pod-readiness.ts';

/** A CoreDNS pod that the Service sends to. */
export interface DnsServer {
  readonly id: string;
  readonly nodeName?: string;
  readonly zone?: string;
}

export interface CoreDnsPod {
  readonly pod: Pod;
  /** `leaving`: on its way out. */
  readonly state: 'ready' | 'starting' | 'failing' | 'leaving';
  readonly fault?: PodFault;
}

/** What keeps CoreDNS running: a Deployment nearly always, a DaemonSet for some. */
export interface CoreDnsWorkload {
  readonly kind: 'deployment' | 'daemonset';
  readonly name: string;
  readonly desired: number;
  /** Whether pods of an older template are being replaced. */
  readonly isRollingOut: boolean;
  /** Why its controller gets no further, as FailedCreate or ProgressDeadlineExceeded. */
  readonly stuck?: string;
  /** Pods that its rolling update may take down. */
  readonly maxUnavailable: number;
  readonly memoryLimit?: string;
  readonly version?: string;
  /** Of the flag -dns.port: the port of servers whose Corefile names none. */
  readonly dnsPort?: number;
}

export interface CoreDns {
  /** Undefined where there is none of the label, or Deployments were not read. */
  readonly workload?: CoreDnsWorkload;
  readonly pods: readonly CoreDnsPod[];
  /** Those that the Service sends to. */
  readonly servers: readonly DnsServer[];
  /** The port of the pods that the Service sends DNS to. */
  readonly port: number;
}

export interface CoreDnsWorld {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly deployments: readonly Deployment[] | undefined;
  readonly daemonSets: readonly DaemonSet[] | undefined;
  /** ISO 8601: a pod created later is still starting. */
  readonly startedBefore: string;
}

/** Installers call the pods kube-dns whatever answers: it is the Service's selector. Source: kubernetes cluster/addons/dns/coredns. */
const isDns = (labels: Readonly<Record<string, string>> | undefined): boolean => labels?.['k8s-app'] === 'kube-dns';

export function coreDns({ nodes, pods, endpointSlices, deployments, daemonSets, startedBefore }: CoreDnsWorld): CoreDns {
  const workload =
    deployments?.map(deploymentWorkload).find((found) => found !== undefined) ??
    daemonSets?.map(daemonSetWorkload).find((found) => found !== undefined);
  const slices = endpointSlices.filter(({ namespace, serviceName }) => namespace === 'kube-system' && serviceName === 'kube-dns');
  return {
    ...(workload ? { workload } : {}),
    pods: pods
      .filter(
        ({ namespace, labels, phase }) => namespace === 'kube-system' && isDns(labels) && !/^(Succeeded|Failed)$/.test(phase),
      )
      .map((pod) => (pod.deletedAt === undefined ? { pod, ...podReadiness(pod, startedBefore) } : { pod, state: 'leaving' })),
    servers: dnsServers(slices, nodes),
    port:
      slices.flatMap(({ ports }) => ports).find(({ protocol, name = 'dns' }) => protocol === 'UDP' && name === 'dns')?.port ?? 53,
  };
}

function deploymentWorkload(deployment: Deployment): CoreDnsWorkload | undefined {
  const { namespace, labels, selector, name, desired, generation, observedGeneration, updated, current } = deployment;
  if (namespace !== 'kube-system' || !(isDns(selector.matchLabels) || isDns(labels))) return undefined;
  return {
    kind: 'deployment',
    name,
    desired,
    // Replicas that are wanted and were never made are no rollout.
    isRollingOut: observedGeneration < generation || updated < current,
    ...stuck(deployment),
    // Of a Deployment a percentage is rounded down. Source: Kubernetes documentation, "Deployments", section "Max Unavailable".
    maxUnavailable: Math.floor(wholeOrShare(deployment.maxUnavailable ?? '25%', desired)),
    ...container(deployment),
  };
}

/** Source: Kubernetes documentation, "Deployments", section "Failed Deployment". */
function stuck({ conditions }: Deployment): Pick<CoreDnsWorkload, 'stuck'> {
  const failed = conditions.find(({ type, status }) =>
    type === 'ReplicaFailure' ? status === 'True' : type === 'Progressing' && status === 'False',
  );
  return failed === undefined ? {} : { stuck: failed.reason ?? failed.type };
}

function daemonSetWorkload(daemonSet: DaemonSet): CoreDnsWorkload | undefined {
  const { namespace, selector, name, desired, generation, observedGeneration, updated } = daemonSet;
  if (namespace !== 'kube-system' || !isDns(selector.matchLabels)) return undefined;
  return {
    kind: 'daemonset',
    name,
    desired,
    isRollingOut: observedGeneration < generation || updated < desired,
    maxUnavailable: maxUnavailable(daemonSet),
    ...container(daemonSet),
  };
}

function wholeOrShare(setting: string, of: number): number {
  const value = Number.parseInt(setting, 10);
  return setting.endsWith('%') ? (of * value) / 100 : value;
}

function container({ containers }: Deployment | DaemonSet): Pick<CoreDnsWorkload, 'memoryLimit' | 'version' | 'dnsPort'> {
  const main = containers.find(({ name }) => name === 'coredns') ?? containers.find(({ init }) => !init);
  const version = main && imageTag(main.image);
  const port = Number(commandFlag(main?.args ?? [], 'dns.port'));
  return {
    ...(main?.memoryLimit ? { memoryLimit: main.memoryLimit } : {}),
    ...(version ? { version } : {}),
    ...(port > 0 ? { dnsPort: port } : {}),
  };
}

/** Each pod once, though a dual-stack Service has it in two slices. */
function dnsServers(slices: readonly EndpointSlice[], nodes: readonly Node[]): readonly DnsServer[] {
  const zones = new Map(nodes.map(({ name, labels }) => [name, labels['topology.kubernetes.io/zone']]));
  const servers = new Map<string, DnsServer>();
  for (const { target, addresses, nodeName, zone, ready } of slices.flatMap(({ endpoints }) => endpoints)) {
    const id = target?.name ?? addresses[0];
    if (!ready || id === undefined) continue;
    const place = zones.get(nodeName ?? '') ?? zone;
    servers.set(id, { id, ...(nodeName ? { nodeName } : {}), ...(place ? { zone: place } : {}) });
  }
  return [...servers.values()];
}
