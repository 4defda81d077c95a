/** EKS's part of a cluster, as EKS would answer it. */
import type { EksCluster, Insight } from '#lib/model/eks.ts';
import type { Target } from '#lib/model/target.ts';
import type { JsonObject, WorldCluster } from '#lib/sandbox/world.ts';
import type { Read } from '#lib/sandbox/world-of/world-of.ts';

export function clusterResource(
  { name, arn }: Target,
  read: Read,
): Pick<WorldCluster, 'name' | 'eks' | 'nodegroups' | 'addons' | 'insights'> {
  const cluster = read('cluster');
  return {
    name,
    eks: cluster === undefined ? { name, arn, status: 'ACTIVE' } : eksOf(cluster),
    nodegroups: Object.fromEntries(
      (read('nodegroups') ?? []).map(({ autoScalingGroups, scaling, healthIssues: issues, ...group }) => [
        group.nodegroupName,
        {
          ...group,
          resources: { autoScalingGroups: autoScalingGroups.map((each) => ({ name: each })) },
          health: { issues },
          ...(scaling === undefined ? {} : { scalingConfig: scaling }),
          updateConfig: {
            maxUnavailable: group.maxUnavailable,
            maxUnavailablePercentage: group.maxUnavailablePercentage,
          },
        },
      ]),
    ),
    addons: Object.fromEntries(
      (read('addons') ?? []).map(({ healthIssues: issues, ...addon }) => [addon.addonName, { ...addon, health: { issues } }]),
    ),
    insights: Object.fromEntries((read('insights') ?? []).map((insight) => [insight.id, insightOf(insight)])),
  };
}

function eksOf(cluster: EksCluster): JsonObject {
  const { name, arn, status, version, platformVersion, tags } = cluster;
  return {
    name,
    arn,
    status,
    version,
    platformVersion,
    tags,
    resourcesVpcConfig: {
      vpcId: cluster.vpcId,
      subnetIds: cluster.subnetIds,
      securityGroupIds: cluster.securityGroupIds,
      clusterSecurityGroupId: cluster.clusterSecurityGroupId,
      endpointPublicAccess: cluster.endpointPublicAccess,
      endpointPrivateAccess: cluster.endpointPrivateAccess,
      publicAccessCidrs: cluster.publicAccessCidrs,
    },
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: cluster.serviceIpv4Cidr,
      serviceIpv6Cidr: cluster.serviceIpv6Cidr,
      ipFamily: cluster.ipFamily,
    },
    accessConfig: { authenticationMode: cluster.authenticationMode },
    computeConfig: { enabled: cluster.autoMode },
    health: { issues: cluster.healthIssues },
  };
}

function insightOf({ status, reason, lastRefreshTime, resources, ...insight }: Insight): JsonObject {
  return {
    ...insight,
    insightStatus: { status, ...(reason === undefined ? {} : { reason }) },
    ...(lastRefreshTime === undefined ? {} : { lastRefreshTime: Date.parse(lastRefreshTime) / 1000 }),
    resources: resources.map((resource) => ({
      ...(resource.startsWith('arn:') ? { arn: resource } : { kubernetesResourceUri: resource }),
      insightStatus: { status },
    })),
  };
}
