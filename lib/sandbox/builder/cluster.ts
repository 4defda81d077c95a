import type { NetworkInterface } from '#lib/model/ec2.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import { type IpamdSettings, ipamdSettings } from '#lib/sandbox/builder/ipamd.ts';
import { autoScalingGroupName, fillNode, launchNode, type MadeNode, type NodeRequest } from '#lib/sandbox/builder/node.ts';
import type { ClusterSpec, NodegroupSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { MANIFEST_ENV } from '#lib/sandbox/builder/system.ts';
import type { SubnetDraft, VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import { kubernetesOf } from '#lib/sandbox/builder/workload.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import type { JsonObject, WorldCluster } from '#lib/sandbox/world.ts';

/** A node, its group and where it stands. */
export interface ClusterNode extends MadeNode {
  readonly group: NodegroupSpec;
  /** Over all groups. */
  readonly ordinal: number;
  readonly name: string;
  readonly zone: string;
}

export interface MadeCluster {
  readonly cluster: WorldCluster;
  readonly nodes: readonly ClusterNode[];
  readonly controlPlaneInterfaces: readonly NetworkInterface[];
}

/** Builds one cluster into its VPC: control plane first, then its nodes one after another, then what runs on them. */
export function makeCluster(world: WorldSpec, vpc: VpcDraft, spec: ClusterSpec): MadeCluster {
  const env = { ...MANIFEST_ENV, CLUSTER_NAME: spec.name, ...spec.cniEnv };
  const controlPlaneInterfaces = spec.controlPlaneSubnets.map((name, at) => controlPlaneInterface(world, vpc, spec, name, at));
  const nodes = makeNodes(world, vpc, spec, env);
  return {
    controlPlaneInterfaces,
    nodes,
    cluster: {
      name: spec.name,
      eks: eksCluster(world, vpc, spec),
      nodegroups: Object.fromEntries(spec.nodegroups.map((group) => [group.name, eksNodegroup(world, vpc, spec, group)])),
      addons: Object.fromEntries(
        Object.entries(addonVersions(spec)).map(([name, version]) => [name, eksAddon(world, spec, name, version)]),
      ),
      kubernetes: kubernetesOf(world, vpc, spec, nodes, env),
    },
  };
}

export function draftOf({ subnets }: VpcDraft, name: string): SubnetDraft {
  const draft = subnets.get(name);
  if (draft === undefined) throw new Error(`the world's VPC has no subnet ${name}`);
  return draft;
}

/** All nodes start before any of them fills up: an address is there for each, as it was when they came. */
function makeNodes(world: WorldSpec, vpc: VpcDraft, spec: ClusterSpec, env: Readonly<Record<string, string>>): ClusterNode[] {
  const placed = spec.nodegroups.flatMap((group) => {
    const type = instanceTypeTable().find(({ instanceType }) => instanceType === group.instanceType);
    if (type === undefined) throw new Error(`the table has no instance type ${group.instanceType}`);
    return Array.from({ length: group.count }, (_, at) => ({
      group,
      type,
      at,
      draft: draftOf(vpc, group.subnets[at % group.subnets.length] ?? ''),
    }));
  });
  const launched = placed.map(({ group, type, at, draft }, ordinal) => {
    const ipamd = ipamdSettings(env, type);
    const node = launchNode({
      cluster: spec.name,
      nodegroup: group.name,
      ordinal: at,
      type,
      account: world.account,
      createdAt: ago(world.now, 20 * 24 * 3600 - at * 60),
      primary: { draft, groups: [vpc.groupId(`cluster:${spec.name}`)] },
      ...podPlace(vpc, spec, ipamd, draft),
      podsWanted: podsWanted(group, ordinal, spec),
      ipamd,
    });
    return { group, ordinal, zone: draft.subnet.availabilityZone, node };
  });
  return launched.map(({ node, ...rest }) => {
    const made = fillNode(node);
    return { ...made, ...rest, name: `ip-${made.privateIp.replaceAll('.', '-')}.${world.region}.compute.internal` };
  });
}

/** CoreDNS takes a place on the first two nodes. */
function podsWanted(group: NodegroupSpec, ordinal: number, { crashingAgents = [], waitingPodsPerNode = 0 }: ClusterSpec): number {
  const waiting = crashingAgents.includes(ordinal) ? waitingPodsPerNode : 0;
  return Math.max(ordinal < 2 ? 1 : 0, group.podsPerNode - waiting);
}

/** Where the CNI takes pod addresses from: the zone's ENIConfig, or the node's own subnet and, by discovery, its tagged siblings. */
function podPlace(
  vpc: VpcDraft,
  { name, eniConfigs }: ClusterSpec,
  { subnetDiscovery }: IpamdSettings,
  own: SubnetDraft,
): Pick<NodeRequest, 'pods' | 'primaryCarriesPods'> {
  const zone = own.subnet.availabilityZone;
  const config = eniConfigs?.[zone];
  if (config !== undefined) {
    return {
      primaryCarriesPods: false,
      pods: { drafts: [draftOf(vpc, config.subnet)], groups: config.securityGroups.map(vpc.groupId) },
    };
  }
  const siblings = [...vpc.subnets.values()].filter(
    ({ subnet }) =>
      subnet === own.subnet ||
      (subnetDiscovery && subnet.availabilityZone === zone && subnet.tags['kubernetes.io/role/cni'] === '1'),
  );
  return { primaryCarriesPods: true, pods: { drafts: siblings, groups: [vpc.groupId(`cluster:${name}`)] } };
}

export function ago(now: Date, seconds: number): string {
  return new Date(Math.floor(now.getTime() / 1000) * 1000 - seconds * 1000).toISOString().replace('.000', '');
}

function controlPlaneInterface(
  world: WorldSpec,
  vpc: VpcDraft,
  { name }: ClusterSpec,
  subnetName: string,
  at: number,
): NetworkInterface {
  const { subnet, space } = draftOf(vpc, subnetName);
  return {
    networkInterfaceId: awsId('eni', name, 'control-plane', at),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    description: `Amazon EKS ${name}`,
    interfaceType: 'interface',
    status: 'in-use',
    requesterManaged: true,
    requesterId: '089745123456',
    ownerId: world.account,
    privateIpAddresses: [space.takeAddress()],
    ipv4Prefixes: [],
    ipv6Addresses: [],
    ipv6Prefixes: [],
    groups: [vpc.groupId(`cluster:${name}`)],
    attachment: { deviceIndex: 1, networkCardIndex: 0, status: 'attached' },
    tags: {},
  };
}

function eksCluster({ account, region, now }: WorldSpec, vpc: VpcDraft, spec: ClusterSpec): JsonObject {
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
    kubernetesNetworkConfig: { serviceIpv4Cidr: '10.100.0.0/16', ipFamily: 'ipv4' },
    accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    computeConfig: { enabled: false },
    health: { issues: [] },
    tags: {},
  };
}

function eksNodegroup({ now }: WorldSpec, vpc: VpcDraft, spec: ClusterSpec, group: NodegroupSpec): JsonObject {
  return {
    nodegroupName: group.name,
    clusterName: spec.name,
    version: spec.version ?? '1.33',
    releaseVersion: `${spec.version ?? '1.33'}.5-20251029`,
    createdAt: now.getTime() / 1000 - 100 * 24 * 3600,
    status: 'ACTIVE',
    capacityType: 'ON_DEMAND',
    scalingConfig: { minSize: group.count, maxSize: group.count * 2, desiredSize: group.count },
    instanceTypes: [group.instanceType],
    subnets: group.subnets.map((name) => draftOf(vpc, name).subnet.subnetId),
    amiType: 'AL2023_x86_64_STANDARD',
    labels: {},
    health: { issues: [] },
    updateConfig: { maxUnavailable: 1 },
    resources: { autoScalingGroups: [{ name: autoScalingGroupName(spec.name, group.name) }] },
    tags: {},
  };
}

function addonVersions({ cniVersion = 'v1.20.4-eksbuild.1' }: ClusterSpec): Readonly<Record<string, string>> {
  return { 'vpc-cni': cniVersion, coredns: 'v1.12.4-eksbuild.1', 'kube-proxy': 'v1.33.5-eksbuild.2' };
}

function eksAddon({ account, region }: WorldSpec, spec: ClusterSpec, addonName: string, addonVersion: string): JsonObject {
  const values = addonName === 'vpc-cni' && spec.cniEnv ? { configurationValues: JSON.stringify({ env: spec.cniEnv }) } : {};
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
