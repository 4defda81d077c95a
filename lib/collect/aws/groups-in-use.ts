import { need } from '#lib/collect/needs.ts';
import type { NeededSlices } from '#lib/model/collector.ts';
import { dataOf } from '#lib/model/slice.ts';

export const GROUP_NEEDS = ['cluster', 'networkInterfaces', 'eniConfigs', 'securityGroupPolicies'] as const;

/**
 * The security groups that can decide about this cluster's traffic: those on interfaces in its subnets, the cluster's own, and those
 * that ENIConfigs and SecurityGroupPolicies will put on interfaces to come.
 * @throws ReadFailure InputMissing where the interfaces could not be read: the rest alone would look whole and not be
 */
export function groupsInUse(slices: NeededSlices<(typeof GROUP_NEEDS)[number]>): Set<string> {
  const cluster = dataOf(slices.cluster);
  const groups = new Set([
    ...need(slices.networkInterfaces, 'networkInterfaces').flatMap((eni) => eni.groups),
    ...(cluster?.securityGroupIds ?? []),
    ...(dataOf(slices.eniConfigs) ?? []).flatMap(({ securityGroups }) => securityGroups),
    ...(dataOf(slices.securityGroupPolicies) ?? []).flatMap(({ groupIds }) => groupIds),
  ]);
  if (cluster?.clusterSecurityGroupId !== undefined) groups.add(cluster.clusterSecurityGroupId);
  return groups;
}
