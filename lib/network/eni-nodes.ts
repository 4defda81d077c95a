import type { InstanceType, Subnet } from '#lib/model/ec2.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { type NodeCapacity, nodeCapacity } from '#lib/network/node-capacity.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { countPods, type PodCounts } from '#lib/network/pod-counts.ts';
import { drawsFrom, subnetDiscovery } from '#lib/network/subnet-discovery.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** A node whose pods have addresses of its own interfaces, by the VPC CNI or by Cilium in its ENI mode. */
export interface EniNode {
  readonly node: Node;
  /** With its instance, interfaces and pods. */
  readonly host: Host;
  readonly type: InstanceType;
  readonly capacity: NodeCapacity;
  readonly pods: PodCounts;
  /** Under Cilium: interfaces of a lower index carry no pods. Absent under the VPC CNI. */
  readonly cilium?: { readonly firstInterfaceIndex: number };
}

export type EniNodeAnswer =
  | { readonly kind: 'judged'; readonly entry: EniNode }
  /** Its addresses come another way. */
  | { readonly kind: 'not-applicable'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const ELSEWHERE = {
  fargate: 'a Fargate node, which runs one pod on an interface of its own',
  hybrid: 'a hybrid node, whose pods have no addresses of the VPC',
  auto: 'an EKS Auto Mode node, whose interfaces AWS manages',
} as const;

export type NodeHost = Host & { readonly node: Node };

/** The type and the interfaces of a node, or why they cannot be told: whichever CNI uses them. */
export function eniHost(
  { kind, instanceType, instanceId, interfaces }: NodeHost,
  types: ReadonlyMap<string, InstanceType>,
): InstanceType | Exclude<EniNodeAnswer, { readonly kind: 'judged' }> {
  const unknown = (reason: string) => ({ kind: 'unknown', reason }) as const;
  if (kind === 'fargate' || kind === 'hybrid' || kind === 'auto') return { kind: 'not-applicable', reason: ELSEWHERE[kind] };
  if (kind === 'windows') return unknown('a Windows node, whose addresses another controller assigns');
  if (instanceId === undefined || instanceType === undefined) return unknown('a node without an EC2 instance that is known');
  const type = types.get(instanceType);
  if (type === undefined) return unknown(`DescribeInstanceTypes did not answer for ${instanceType}`);
  return interfaces.length === 0 ? unknown(`no interface of ${instanceId} was among those read`) : type;
}

/** What a node's interfaces offer its pods under the VPC CNI, or why that cannot be told. */
export function eniNode(
  host: NodeHost,
  settings: VpcCniSettings,
  types: ReadonlyMap<string, InstanceType>,
  subnets: ReadonlyMap<string, Subnet>,
): EniNodeAnswer {
  const { node, interfaces, pods } = host;
  const type = eniHost(host, types);
  if ('kind' in type) return type;
  if (settings.multiNic && type.networkCards.length > 1)
    return {
      kind: 'unknown',
      reason: `${type.instanceType} has ${type.networkCards.length} network cards and ENABLE_MULTI_NIC is on`,
    };
  const capacity = nodeCapacity(type, settings, interfaces, primaryCarriesPods(host, settings, subnets));
  return { kind: 'judged', entry: { node, host, type, capacity, pods: countPods(pods) } };
}

/** Since 1.22.1 a node's own subnet can be tagged not to serve pods: its primary interface then carries none. */
function primaryCarriesPods({ subnetId = '' }: Host, settings: VpcCniSettings, subnets: ReadonlyMap<string, Subnet>): boolean {
  if (settings.customNetworking) return false;
  const own = subnets.get(subnetId);
  return own === undefined || drawsFrom(own, true, subnetDiscovery(settings), settings.clusterName);
}
