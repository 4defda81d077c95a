import type { NetworkInterface } from '#lib/model/ec2.ts';
import { holderIndex, PRIMARY, RESERVED, type SubnetOccupancy } from '#lib/network/subnet-occupancy.ts';

export type AddressHolder = 'thisCluster' | 'otherClusters' | 'loadBalancers' | 'endpoints' | 'lambda' | 'other';

/** What tells one cluster's interfaces from all others. */
export interface ClusterIdentity {
  readonly name: string;
  /** Instances of this cluster's nodes. */
  readonly instanceIds: ReadonlySet<string>;
  /** Instances that are tagged for other clusters only. */
  readonly otherInstanceIds: ReadonlySet<string>;
  /** The nodes' own addresses: what finds the interfaces of Fargate pods, which hang on no instance that can be seen. */
  readonly nodeIps: ReadonlySet<string>;
}

/**
 * Who holds an interface. What cannot be attributed is `other`, never a cluster's.
 * Sources: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go and amazon-vpc-resource-controller-k8s pkg/config/type.go for tags and
 * descriptions; EC2 API Reference, NetworkInterface$InterfaceType. `nat_gateway` and the like are `other`.
 */
export function addressHolder(eni: NetworkInterface, cluster: ClusterIdentity): AddressHolder {
  return clusterHolder(eni, cluster) ?? serviceHolder(eni) ?? 'other';
}

function clusterHolder(eni: NetworkInterface, cluster: ClusterIdentity): AddressHolder | undefined {
  const instanceId = eni.attachment?.instanceId ?? eni.tags['node.k8s.amazonaws.com/instance_id'];
  if (instanceId !== undefined) {
    if (cluster.instanceIds.has(instanceId)) return 'thisCluster';
    if (cluster.otherInstanceIds.has(instanceId)) return 'otherClusters';
  }
  const names = clusterNames(eni);
  if (names.length === 1) return names[0] === cluster.name ? 'thisCluster' : 'otherClusters';
  return cluster.nodeIps.has(eni.privateIpAddresses[0] ?? '') ? 'thisCluster' : undefined;
}

const OWNED_BY_CLUSTER = 'kubernetes.io/cluster/';
const CONTROL_PLANE = 'Amazon EKS ';

/** The clusters that an interface names as its owner; two would be a contradiction, which attributes it to neither. */
function clusterNames({ tags, description }: NetworkInterface): readonly string[] {
  const names = new Set<string>();
  for (const [key, value] of Object.entries(tags)) {
    if (key === 'cluster.k8s.amazonaws.com/name') names.add(value);
    else if (key.startsWith(OWNED_BY_CLUSTER) && value === 'owned') names.add(key.slice(OWNED_BY_CLUSTER.length));
  }
  if (description.startsWith(CONTROL_PLANE)) names.add(description.slice(CONTROL_PLANE.length));
  return [...names];
}

const SERVICES: readonly { holder: AddressHolder; types: readonly string[]; description: string }[] = [
  { holder: 'loadBalancers', types: ['network_load_balancer', 'load_balancer', 'gateway_load_balancer'], description: 'ELB ' },
  { holder: 'endpoints', types: ['vpc_endpoint', 'gateway_load_balancer_endpoint'], description: 'VPC Endpoint Interface ' },
  { holder: 'lambda', types: ['lambda'], description: 'AWS Lambda VPC ENI' },
];

function serviceHolder({ interfaceType, description }: NetworkInterface): AddressHolder | undefined {
  return SERVICES.find((service) => service.types.includes(interfaceType) || description.startsWith(service.description))?.holder;
}

export type AddressConsumers = Readonly<Record<AddressHolder, number>> & {
  /** Of this cluster's nodes and without a pod, so not in `thisCluster`; null where pods were not read, `thisCluster` then holds them. */
  readonly warmPool: number | null;
};

/**
 * Counts the held addresses of a subnet by who holds them. They add up to `occupancy.held`.
 * @param podAddresses every pod's, as numbers; undefined where pods were not read
 */
export function addressConsumers(
  { block, holders, interfaces }: SubnetOccupancy,
  holderOf: (eni: NetworkInterface) => AddressHolder,
  podAddresses: ReadonlySet<number> | undefined,
): AddressConsumers {
  const counts = { thisCluster: 0, otherClusters: 0, loadBalancers: 0, endpoints: 0, lambda: 0, other: 0 };
  const who = interfaces.map(holderOf);
  let warm = 0;
  for (let offset = 0; offset < holders.length; offset++) {
    const holder = holders[offset] ?? 0;
    if (holder === 0 || holder === RESERVED) continue;
    const index = holderIndex(holder);
    const name = who[index] ?? 'other';
    const idle =
      name === 'thisCluster' &&
      !(holder & PRIMARY) &&
      isPodInterface(interfaces[index]) &&
      !podAddresses?.has(block.first + offset);
    if (idle && podAddresses !== undefined) warm++;
    else counts[name]++;
  }
  return { ...counts, warmPool: podAddresses === undefined ? null : warm };
}

/** Branches and control-plane interfaces hold no pool of addresses. */
function isPodInterface(eni: NetworkInterface | undefined): boolean {
  return eni !== undefined && eni.interfaceType === 'interface' && !eni.requesterManaged;
}
