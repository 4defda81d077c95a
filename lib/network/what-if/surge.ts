import type { Subnet } from '#lib/model/ec2.ts';
import type { NodeGroup } from '#lib/network/what-if/groups.ts';

/** How many more nodes a rolling update has at once: a share of each group in percent, or as each node group is set up. */
export type Surge =
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'update-config'; readonly otherPercent: number };

/**
 * More nodes that a group has for a while. EKS raises a managed group by twice the number of its zones or by its maximum unavailable,
 * whichever is larger; of groups that EKS does not manage nothing is known, so that a share stands for it.
 * Source: Amazon EKS User Guide, "Understand each phase of node updates"; EKS API Reference, NodegroupUpdateConfig (default 1).
 */
export function surgeNodes(group: NodeGroup, surge: Surge, subnets: readonly Subnet[]): number {
  const { managed, members } = group;
  if (members.length === 0) return 0;
  if (surge.kind === 'percent') return share(surge.percent, members.length);
  if (managed === undefined) return share(surge.otherPercent, members.length);
  const zones = new Set(
    subnets.filter(({ subnetId }) => group.subnetIds.includes(subnetId)).map((subnet) => subnet.availabilityZone),
  );
  const { maxUnavailable = 1, maxUnavailablePercentage } = managed;
  const unavailable = maxUnavailablePercentage === undefined ? maxUnavailable : share(maxUnavailablePercentage, members.length);
  return Math.max(2 * zones.size, unavailable);
}

function share(percent: number, of: number): number {
  return Math.ceil((percent * of) / 100);
}
