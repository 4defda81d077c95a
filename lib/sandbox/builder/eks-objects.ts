/** What EKS answers of a cluster, its node groups and its add-ons. */
import { cniVersionOf } from '#lib/sandbox/builder/kubernetes.ts';
import type { ClusterSpec, NodegroupSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { scalingGroupOf } from '#lib/sandbox/builder/starter.ts';
import { draftOf, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

export function eksCluster({ account, region, now }: WorldSpec, vpc: VpcDraft, spec: ClusterSpec): JsonObject {
  return {
    name: spec.name,
    arn: `arn:aws:eks:${region}:${account}:cluster/${spec.name}`,
    createdAt: now.getTime() / 1000 - 200 * 24 * 3600,
    version: spec.version ?? '1.33',
    roleArn: `arn:aws:iam::${account}:role/eks-${spec.name}`,
    status: 'ACTIVE',
    platformVersion: 'eks.24',
    resourcesVpcConfig: {
      subnetIds: spec.controlPlaneSubnets.map((name) => draftOf(vpc, name).subnet.subnetId),
      securityGroupIds: [],
      clusterSecurityGroupId: vpc.groupId(`cluster:${spec.name}`),
      vpcId: vpc.vpc.vpcId,
      endpointPublicAccess: true,
      endpointPrivateAccess: true,
      publicAccessCidrs: ['0.0.0.0/0'],
    },
    kubernetesNetworkConfig:
      spec.ipFamily === 'ipv6'
        ? { serviceIpv6Cidr: 'fd30:1c53:5f8a::/108', ipFamily: 'ipv6' }
        : { serviceIpv4Cidr: '10.100.0.0/16', ipFamily: 'ipv4' },
    accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    computeConfig: { enabled: spec.nodegroups.some(({ startedBy }) => startedBy === 'auto-mode') },
    health: { issues: [] },
    tags: {},
  };
}

const AMI_TYPES: Readonly<Record<NonNullable<NodegroupSpec['ami']>, JsonObject>> = {
  al2023: { amiType: 'AL2023_x86_64_STANDARD' },
  bottlerocket: { amiType: 'BOTTLEROCKET_x86_64' },
  'custom-al2023': { amiType: 'CUSTOM', launchTemplate: { id: 'lt-0123456789abcdef0', name: 'custom-al2023', version: '3' } },
  windows: { amiType: 'WINDOWS_CORE_2022_x86_64' },
};

export function eksNodegroup({ now }: WorldSpec, vpc: VpcDraft, spec: ClusterSpec, group: NodegroupSpec): JsonObject {
  return {
    nodegroupName: group.name,
    clusterName: spec.name,
    version: spec.version ?? '1.33',
    releaseVersion: `${spec.version ?? '1.33'}.5-20251029`,
    createdAt: now.getTime() / 1000 - 100 * 24 * 3600,
    status: 'ACTIVE',
    capacityType: 'ON_DEMAND',
    scalingConfig: { minSize: group.count, maxSize: group.maxCount ?? group.count * 2, desiredSize: group.count },
    instanceTypes: [group.instanceType],
    subnets: group.subnets.map((name) => draftOf(vpc, name).subnet.subnetId),
    ...AMI_TYPES[group.ami ?? 'al2023'],
    labels: {},
    health: { issues: [] },
    updateConfig: { maxUnavailable: 1 },
    resources: { autoScalingGroups: [{ name: scalingGroupOf(spec.name, group) }] },
    tags: {},
  };
}

export function addonVersions(spec: ClusterSpec): Readonly<Record<string, string>> {
  return { 'vpc-cni': cniVersionOf(spec), coredns: 'v1.12.4-eksbuild.1', 'kube-proxy': 'v1.33.5-eksbuild.2' };
}

export function eksAddon({ account, region }: WorldSpec, spec: ClusterSpec, addonName: string, addonVersion: string): JsonObject {
  const env = spec.addonEnv ?? spec.cniEnv;
  const values = addonName === 'vpc-cni' && env ? { configurationValues: JSON.stringify({ env }) } : {};
  return {
    addonName,
    clusterName: spec.name,
    status: 'ACTIVE',
    addonVersion,
    addonArn: `arn:aws:eks:${region}:${account}:addon/${spec.name}/${addonName}`,
    ...values,
    health: { issues: [] },
    tags: {},
  };
}
