import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { EniConfig, SecurityGroupPolicy } from '#lib/model/kubernetes.ts';
import type { Attribution } from '#lib/network/address-holders.ts';

/** Interfaces that surely are this cluster's: its nodes', pods' and control plane's. @param attributions in their order */
export function clusterInterfaces(
  clusterName: string,
  interfaces: readonly NetworkInterface[],
  attributions: readonly Attribution[],
): readonly NetworkInterface[] {
  return interfaces.filter((_, at) => attributions[at]?.cluster === clusterName);
}

/** The security groups of a cluster: on its interfaces, or kept for those to come. */
export function clusterGroups(
  cluster: EksCluster,
  interfaces: readonly NetworkInterface[],
  eniConfigs: readonly EniConfig[],
  policies: readonly SecurityGroupPolicy[],
): ReadonlySet<string> {
  return new Set([
    ...(cluster.clusterSecurityGroupId === undefined ? [] : [cluster.clusterSecurityGroupId]),
    ...cluster.securityGroupIds,
    ...interfaces.flatMap(({ groups }) => groups),
    ...eniConfigs.flatMap(({ securityGroups }) => securityGroups),
    ...policies.flatMap(({ groupIds }) => groupIds),
  ]);
}
