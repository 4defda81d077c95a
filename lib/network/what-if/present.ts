import type { Node } from '#lib/model/kubernetes.ts';
import type { SliceData } from '#lib/model/snapshot.ts';
import { type EniNode, eniNode } from '#lib/network/eni-nodes.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import type { PodSubnets } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** A node with what is known of it. */
export interface PresentNode {
  readonly host: Host & { readonly node: Node };
  readonly entry: EniNode;
  readonly group: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly maxPods: number;
}

/** Nodes that no number counts, by the reason why; `open` where their share could change the answer. */
export interface LeftOut {
  readonly reason: string;
  readonly nodes: number;
  readonly open: boolean;
}

interface Sources extends Pick<SliceData, 'instanceTypes' | 'subnets'> {
  readonly settings: VpcCniSettings;
  readonly network: PodSubnets;
}

/** Tells the nodes that the VPC CNI gives addresses from those that no number can count. */
export function presentNodes(
  hosts: readonly Host[],
  sources: Sources,
): { readonly present: readonly PresentNode[]; readonly leftOut: readonly LeftOut[] } {
  const types = new Map(sources.instanceTypes.map((type) => [type.instanceType, type]));
  const subnets = new Map(sources.subnets.map((subnet) => [subnet.subnetId, subnet]));
  const unresolved = new Map(sources.network.unresolved.map(({ host, reason }) => [host, reason]));
  const judged = hosts.map((host): PresentNode | Omit<LeftOut, 'nodes'> => {
    const { node, subnetId, availabilityZone } = host;
    // What it holds is counted with its subnet, and more it cannot take before it joins.
    if (node === undefined) return { reason: 'an instance that is no node yet', open: false };
    const known = { ...host, node };
    const answer = eniNode(known, sources.settings, types, subnets);
    if (answer.kind !== 'judged') return { reason: answer.reason, open: answer.kind === 'unknown' };
    const reason = unresolved.get(host);
    if (reason !== undefined) return { reason, open: true };
    if (subnetId === undefined || availabilityZone === undefined)
      return { reason: 'a node whose subnet was not seen', open: true };
    const { allocatablePods: maxPods } = node;
    if (maxPods === undefined) return { reason: 'a node that does not say how many pods it takes', open: true };
    return { host: known, entry: answer.entry, group: groupOf(node), subnetId, availabilityZone, maxPods };
  });
  const leftOut = Map.groupBy(
    judged.filter((entry) => 'reason' in entry),
    ({ reason }) => reason,
  );
  return {
    present: judged.filter((entry) => 'entry' in entry),
    leftOut: [...leftOut].map(([reason, alike]) => ({ reason, nodes: alike.length, open: alike.some(({ open }) => open) })),
  };
}

export const NO_GROUP = 'nodes of no group';

/** Source: Amazon EKS User Guide, "Managed node groups"; Karpenter documentation, NodePools. */
function groupOf({ labels }: Node): string {
  return (
    labels['eks.amazonaws.com/nodegroup'] ??
    labels['karpenter.sh/nodepool'] ??
    labels['karpenter.sh/provisioner-name'] ??
    NO_GROUP
  );
}
