import type { InstanceType } from '#lib/model/ec2.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { defaultCardInterfaces, type NodeCapacity } from '#lib/network/node-capacity.ts';
import type { PodCounts } from '#lib/network/pod-counts.ts';

/** aws-node and kube-proxy: on the host's network, but counted by the kubelet. */
const HOST_NETWORK_PODS = 2;

export type MaxPodsReason = 'matches' | 'over-committed' | 'stale' | 'wasteful' | 'above-guidance';

/**
 * The most pods that AWS recommends for a type. AWS's calculator counts more than 30 vCPUs as large.
 * Source: amazon-eks-ami max-pods-calculator.sh; Amazon EKS User Guide, "Choose an optimal EC2 node instance type".
 */
export function maxPodsGuidance({ vcpus }: Pick<InstanceType, 'vcpus'>): number {
  return vcpus > 30 ? 250 : 110;
}

/**
 * The max-pods that fits what a node's interfaces can give: uncapped for secondary addresses, as the AMIs have it, and capped by
 * the guidance where prefixes make addresses plenty.
 */
export function expectedMaxPods(type: InstanceType, { mode, podEnis }: Pick<NodeCapacity, 'mode' | 'podEnis'>): number {
  const guidance = maxPodsGuidance(type);
  if (mode === 'ipv6') return guidance;
  const slots = podEnis * Math.max(0, type.ipv4AddressesPerInterface - 1);
  return mode === 'prefix' ? Math.min(slots * PREFIX_SIZE + HOST_NETWORK_PODS, guidance) : slots + HOST_NETWORK_PODS;
}

/**
 * What AMIs set that know nothing of prefixes: with all interfaces, and with one set apart for custom networking or a trunk.
 * Source: amazon-eks-ami eni-max-pods.txt, nodeadm internal/kubelet/eni_max_pods.go.
 */
function secondaryFormulas(type: InstanceType): readonly number[] {
  const interfaces = defaultCardInterfaces(type);
  return [0, 1].map((setAside) => (interfaces - setAside) * (type.ipv4AddressesPerInterface - 1) + HOST_NETWORK_PODS);
}

/** Host-network pods to allow for: those that run, and no fewer than every node has once it is complete. */
export function allowedHostPods({ hostNetwork }: Pick<PodCounts, 'hostNetwork'>): number {
  return Math.max(HOST_NETWORK_PODS, hostNetwork);
}

/**
 * Judges a node's max-pods against its capacity; the first that holds, from the worst.
 * @param wastefulRatio how many times the expected max-pods may exceed the node's before it is wasteful
 */
export function maxPodsReason(
  allocatablePods: number,
  type: InstanceType,
  capacity: NodeCapacity,
  pods: PodCounts,
  wastefulRatio: number,
): MaxPodsReason {
  const { ipCapacity, mode } = capacity;
  const expected = expectedMaxPods(type, capacity);
  const guidance = maxPodsGuidance(type);
  if (ipCapacity !== null && allocatablePods - allowedHostPods(pods) - pods.branches > ipCapacity) return 'over-committed';
  if (mode !== 'secondary-ip' && allocatablePods < expected && secondaryFormulas(type).includes(allocatablePods)) return 'stale';
  if (allocatablePods > guidance) return 'above-guidance';
  return Math.min(expected, guidance) >= wastefulRatio * allocatablePods ? 'wasteful' : 'matches';
}
