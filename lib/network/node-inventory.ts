import type { Instance, NetworkInterface } from '#lib/model/ec2.ts';
import type { Node, Pod } from '#lib/model/kubernetes.ts';
import type { ClusterIdentity } from '#lib/network/address-holders.ts';
import { remember } from '#lib/network/remember.ts';

/** How a node gets its pods' addresses: by the agent of a CNI on `linux`, otherwise by AWS, or outside of it. */
export type HostKind = 'linux' | 'windows' | 'fargate' | 'hybrid' | 'auto';

/** A node with the EC2 instance under it, its interfaces and its pods; an instance that is no node yet has no `node`. */
export interface Host {
  /** The node's name, else the instance's id. */
  readonly name: string;
  readonly kind: HostKind;
  readonly node?: Node;
  readonly instance?: Instance;
  readonly instanceId?: string;
  readonly instanceType?: string;
  readonly subnetId?: string;
  readonly availabilityZone?: string;
  /** Attached to the instance, in no order; of a Fargate node, the one that holds its address. */
  readonly interfaces: readonly NetworkInterface[];
  readonly pods: readonly Pod[];
}

export interface NodeInventory {
  readonly hosts: readonly Host[];
  readonly identity: ClusterIdentity;
}

/**
 * Joins nodes, instances, interfaces and pods, once for all checks of a Snapshot. A source that was not read is undefined.
 * Without nodes, the hosts are the instances tagged for the cluster.
 */
export const nodeInventory = remember(
  (
    clusterName: string,
    nodes: readonly Node[] | undefined,
    instances: readonly Instance[] | undefined,
    interfaces: readonly NetworkInterface[] | undefined,
    pods: readonly Pod[] | undefined,
  ): NodeInventory => {
    const byInstance = Map.groupBy(
      (interfaces ?? []).filter(({ attachment }) => attachment?.instanceId !== undefined),
      ({ attachment }) => attachment?.instanceId ?? '',
    );
    const byNode = Map.groupBy(pods ?? [], ({ nodeName }) => nodeName ?? '');
    const interfacesOf = (instanceId = '') => byInstance.get(instanceId) ?? [];
    const instanceById = new Map((instances ?? []).map((instance) => [instance.instanceId, instance]));
    const onFargate = fargateInterfaces(nodes ?? [], interfaces ?? []);
    const joined = (nodes ?? []).map((node) =>
      host(
        node,
        instanceById.get(node.instanceId ?? ''),
        onFargate.get(node) ?? interfacesOf(node.instanceId),
        byNode.get(node.name) ?? [],
      ),
    );
    const known = new Set(joined.map(({ instanceId }) => instanceId));
    const waiting = (instances ?? []).filter(
      (instance) => !known.has(instance.instanceId) && !isEnding(instance) && clustersOf(instance).includes(clusterName),
    );
    const hosts = [...joined, ...waiting.map((instance) => host(undefined, instance, interfacesOf(instance.instanceId), []))];
    return { hosts, identity: identity(clusterName, hosts, instances ?? []) };
  },
);

/** A Fargate node has no instance that can be seen; its interface is the one that holds its address. */
function fargateInterfaces(
  nodes: readonly Node[],
  interfaces: readonly NetworkInterface[],
): ReadonlyMap<Node, readonly NetworkInterface[]> {
  const fargate = nodes.filter((node) => hostKind(node) === 'fargate');
  if (fargate.length === 0) return new Map();
  const byAddress = Map.groupBy(interfaces, ({ privateIpAddresses }) => privateIpAddresses[0] ?? '');
  return new Map(fargate.map((node) => [node, node.internalIps.flatMap((ip) => byAddress.get(ip) ?? [])]));
}

function host(
  node: Node | undefined,
  instance: Instance | undefined,
  interfaces: readonly NetworkInterface[],
  pods: readonly Pod[],
): Host {
  const kind = node === undefined ? 'linux' : hostKind(node);
  const primary =
    kind === 'fargate'
      ? interfaces[0]
      : interfaces.find(({ attachment }) => attachment?.deviceIndex === 0 && attachment.networkCardIndex === 0);
  const instanceId = node?.instanceId ?? instance?.instanceId;
  const instanceType = instance?.instanceType ?? node?.labels['node.kubernetes.io/instance-type'];
  const subnetId = instance?.subnetId ?? primary?.subnetId;
  const availabilityZone = instance?.availabilityZone ?? primary?.availabilityZone ?? node?.labels['topology.kubernetes.io/zone'];
  return {
    name: node?.name ?? instance?.instanceId ?? '',
    kind,
    ...(node && { node }),
    ...(instance && { instance }),
    ...(instanceId && { instanceId }),
    ...(instanceType && { instanceType }),
    ...(subnetId && { subnetId }),
    ...(availabilityZone && { availabilityZone }),
    interfaces,
    pods,
  };
}

/** Source of the label: Amazon EKS User Guide (Fargate, hybrid nodes, Auto Mode); the VPC CNI's own manifest leaves these nodes out. */
function hostKind({ labels, operatingSystem }: Node): HostKind {
  const compute = labels['eks.amazonaws.com/compute-type'];
  if (compute === 'fargate' || compute === 'hybrid' || compute === 'auto') return compute;
  return (operatingSystem ?? labels['kubernetes.io/os']) === 'windows' ? 'windows' : 'linux';
}

function isEnding({ state }: Instance): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

const CLUSTER_TAG = 'kubernetes.io/cluster/';

/** The clusters for which an instance is tagged: by EKS, eksctl or Karpenter. */
function clustersOf({ tags }: Instance): readonly string[] {
  const named = ['eks:cluster-name', 'aws:eks:cluster-name'].flatMap((key) => tags[key] ?? []);
  const keyed = Object.keys(tags).flatMap((key) => (key.startsWith(CLUSTER_TAG) ? key.slice(CLUSTER_TAG.length) : []));
  return [...named, ...keyed];
}

function identity(name: string, hosts: readonly Host[], instances: readonly Instance[]): ClusterIdentity {
  const instanceIds = new Set(hosts.flatMap(({ instanceId }) => instanceId ?? []));
  const otherInstances = new Map<string, string | undefined>();
  for (const instance of instances) {
    const clusters = new Set(clustersOf(instance));
    if (clusters.size === 0 || clusters.has(name) || instanceIds.has(instance.instanceId)) continue;
    otherInstances.set(instance.instanceId, clusters.size === 1 ? [...clusters][0] : undefined);
  }
  return {
    name,
    instanceIds,
    otherInstances,
    nodeIps: new Set(hosts.flatMap(({ node }) => (node === undefined || hostKind(node) === 'hybrid' ? [] : node.internalIps))),
  };
}
