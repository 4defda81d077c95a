import type { InstanceType } from '#lib/model/ec2.ts';
import { demandSize, launchDemand, type SubnetDemand } from '#lib/network/launch-demand.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { countPods } from '#lib/network/pod-counts.ts';
import type { PodIpam } from '#lib/network/pod-ipam.ts';
import type { PodSubnet } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

export interface DemandSources {
  readonly ipam: PodIpam;
  readonly settings: VpcCniSettings;
  readonly types: ReadonlyMap<string, InstanceType>;
}

export interface NodeDemand {
  /** Of the most demanding type that draws from the subnet. */
  readonly addresses: number;
  /** The types behind it that DescribeInstanceTypes did not answer: the demand may be larger. */
  readonly unknownTypes: readonly string[];
}

/**
 * What one more node takes from a subnet when it starts, by the types that draw from it today.
 * Only the VPC CNI's allocation is known; under any other, a node needs its own address.
 */
export function oneMoreNode(subnet: PodSubnet, { ipam, settings, types }: DemandSources): NodeDemand {
  const usesVpcCni = ipam.kind === 'vpc-cni' || ipam.kind === 'unknown';
  let addresses = subnet.nodeHosts.size > 0 || subnet.podHosts.size === 0 ? 1 : 0;
  const unknownTypes = new Set<string>();
  if (!usesVpcCni) return { addresses, unknownTypes: [] };
  for (const [name, pods] of drawingTypes(subnet)) {
    const type = types.get(name);
    if (type !== undefined) {
      addresses = Math.max(addresses, demandSize(launchDemand(type, settings, { node: subnet.nodeHosts.size > 0, pods })));
    } else if (pods && !settings.ipv6) unknownTypes.add(name);
  }
  return { addresses, unknownTypes: [...unknownTypes] };
}

/** The types of the nodes of a subnet, and whether their pods draw from it. */
function drawingTypes({ nodeHosts, podHosts }: PodSubnet): ReadonlyMap<string, boolean> {
  const types = new Map<string, boolean>();
  for (const host of nodeHosts) if (isManaged(host)) types.set(host.instanceType ?? 'a type not read', false);
  for (const host of podHosts) if (isManaged(host)) types.set(host.instanceType ?? 'a type not read', true);
  return types;
}

/** Nodes whose addresses the VPC CNI's agent manages. */
function isManaged({ kind }: Host): boolean {
  return kind === 'linux';
}

export interface PrefixDemand extends SubnetDemand {
  /** Pods of an average node, rounded up. */
  readonly podsPerNode: number;
}

/**
 * What an average node of a subnet takes under prefix delegation, its own and its interfaces' single addresses included.
 * @param podsPerNode taken instead of the observed pods
 */
export function averageNode(
  subnet: PodSubnet,
  { settings, types }: DemandSources,
  podsPerNode = observedPods(subnet),
): PrefixDemand {
  const role = { node: subnet.nodeHosts.size > 0, pods: true };
  const names = new Set([...subnet.podHosts].filter(isManaged).map(({ instanceType = '' }) => instanceType));
  const demands = [...names].map((name) => launchDemand(types.get(name) ?? SMALL_TYPE, settings, role, podsPerNode));
  if (demands.length === 0) demands.push(launchDemand(SMALL_TYPE, settings, role, podsPerNode));
  return {
    singles: Math.max(...demands.map(({ singles }) => singles)),
    prefixes: Math.max(...demands.map(({ prefixes }) => prefixes)),
    podsPerNode,
  };
}

/** Stands in for a type that is not known; the type only says over how many interfaces the prefixes spread. */
const SMALL_TYPE: InstanceType = {
  instanceType: '',
  hypervisor: 'nitro',
  bareMetal: false,
  vcpus: 2,
  maximumNetworkInterfaces: 3,
  ipv4AddressesPerInterface: 10,
  ipv6AddressesPerInterface: 10,
  defaultNetworkCardIndex: 0,
  networkCards: [],
};

/** Pods of an average node of a subnet, rounded up. */
function observedPods({ podHosts }: PodSubnet): number {
  const hosts = [...podHosts].filter(isManaged);
  const pods = hosts.reduce((sum, host) => sum + poolPods(host), 0);
  return hosts.length === 0 ? 0 : Math.ceil(pods / hosts.length);
}

function poolPods({ pods }: Host): number {
  const { inUse, waiting } = countPods(pods);
  return inUse + waiting;
}
