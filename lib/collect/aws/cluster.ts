import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { type Cluster, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { healthIssues } from '#lib/collect/aws/eks-health.ts';
import { present, required, texts } from '#lib/collect/aws/fields.ts';
import { notFound } from '#lib/collect/aws/not-found.ts';
import { defineCollector, type Sources } from '#lib/collect/sources.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { ReadFailure } from '#lib/model/failure.ts';

export const cluster = defineCollector({
  key: 'cluster',
  needs: [],
  permissions: {
    aws: [
      { action: 'eks:DescribeCluster', resource: 'cluster' },
      { action: 'ec2:DescribeSubnets', resource: '*' },
    ],
    kubernetes: [],
  },
  async collect(sources) {
    const { name, arn } = sources.target;
    const answer = await sources.eks(new DescribeClusterCommand({ name })).catch(notFound(sources.target));
    const described = toCluster(required(answer.cluster, 'cluster'));
    if (described.arn !== arn) throw anotherCluster(described.arn, arn);
    if (described.vpcId !== undefined || described.subnetIds.length === 0) return described;
    const vpcId = await vpcOfSubnets(sources, described.subnetIds);
    return vpcId === undefined ? described : { ...described, vpcId };
  },
});

/** Clusters of several accounts may share a name: what is read of one must never be told of another. */
function anotherCluster(described: string, wanted: string): ReadFailure {
  return new ReadFailure(
    'UnexpectedResponse',
    `EKS described ${described}, where ${wanted} was asked for.`,
    "Look whose account the credentials are of: the role of the cluster's account was not assumed.",
  );
}

/** The VPC of the cluster's subnets, where EKS does not name it (some stand-ins). Undefined where EC2 does not tell either. */
async function vpcOfSubnets(sources: Sources, subnetIds: readonly string[]): Promise<string | undefined> {
  const command = new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...subnetIds] }], MaxResults: 1000 });
  // Not this collector's failure: the collectors of the VPC say that they lack it.
  const answer = await sources.ec2(command).catch(() => undefined);
  return answer?.Subnets?.[0]?.VpcId;
}

/** @throws ReadFailure where EKS leaves out what every cluster has */
export function toCluster(cluster: Cluster): EksCluster {
  const vpc = cluster.resourcesVpcConfig;
  return {
    name: required(cluster.name, 'cluster.name'),
    arn: required(cluster.arn, 'cluster.arn'),
    status: required(cluster.status, 'cluster.status'),
    subnetIds: texts(vpc?.subnetIds),
    securityGroupIds: texts(vpc?.securityGroupIds),
    publicAccessCidrs: texts(vpc?.publicAccessCidrs),
    autoMode: cluster.computeConfig?.enabled === true,
    healthIssues: healthIssues(cluster.health?.issues),
    tags: cluster.tags ?? {},
    ...present({
      version: cluster.version,
      platformVersion: cluster.platformVersion,
      endpoint: cluster.endpoint,
      certificateAuthorityData: cluster.certificateAuthority?.data,
      vpcId: vpc?.vpcId || undefined,
      clusterSecurityGroupId: vpc?.clusterSecurityGroupId || undefined,
      endpointPublicAccess: vpc?.endpointPublicAccess,
      endpointPrivateAccess: vpc?.endpointPrivateAccess,
      authenticationMode: cluster.accessConfig?.authenticationMode,
      serviceIpv4Cidr: cluster.kubernetesNetworkConfig?.serviceIpv4Cidr,
      serviceIpv6Cidr: cluster.kubernetesNetworkConfig?.serviceIpv6Cidr,
      ipFamily: cluster.kubernetesNetworkConfig?.ipFamily,
    }),
  };
}
