import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { ago } from '#lib/sandbox/builder/ago.ts';
import { failedActivity } from '#lib/sandbox/builder/failed-launches.ts';
import { fargatePods } from '#lib/sandbox/builder/fargate.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import { type IpamdSettings, ipamdSettings } from '#lib/sandbox/builder/ipamd.ts';
import { ipamdMetrics } from '#lib/sandbox/builder/ipamd-metrics.ts';
import { cniVersionOf, kubernetesOf } from '#lib/sandbox/builder/kubernetes.ts';
import { leakedInterfaces } from '#lib/sandbox/builder/leaks.ts';
import { fillNode, launchNode, type MadeNode, type NodeRequest, scalingGroupOf } from '#lib/sandbox/builder/node.ts';
import type { ClusterSpec, NodegroupSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { IPV6_ENV, MANIFEST_ENV } from '#lib/sandbox/builder/system.ts';
import { draftOf, type SubnetDraft, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import { agentPodName, hasAgent } from '#lib/sandbox/builder/workload.ts';
import { branchLimit, instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import type { JsonObject, WorldCluster } from '#lib/sandbox/world.ts';

/** A node, its group and where it stands. */
export interface ClusterNode extends MadeNode {
  readonly group: NodegroupSpec;
  /** Over all groups. */
  readonly ordinal: number;
  readonly name: string;
  readonly zone: string;
  /** In its group. */
  readonly at: number;
  /** False where no interface could be had for pods: the CNI never came up. */
  readonly networkReady: boolean;
}

export interface MadeCluster {
  readonly cluster: WorldCluster;
  readonly nodes: readonly ClusterNode[];
  /** Of the control plane, of Fargate pods, and leaked ones. */
  readonly otherInterfaces: readonly NetworkInterface[];
  readonly scalingActivities: readonly ScalingActivity[];
}

/** Builds one cluster into its VPC: control plane first, then its nodes one after another, then what runs on them. */
export function makeCluster(world: WorldSpec, vpc: VpcDraft, spec: ClusterSpec): MadeCluster {
  const family = spec.ipFamily === 'ipv6' ? IPV6_ENV : {};
  const env = { ...MANIFEST_ENV, CLUSTER_NAME: spec.name, ...family, ...spec.cniEnv };
  const leaked = (spec.leakedEnis ?? []).flatMap((leak) =>
    leakedInterfaces(leak, draftOf(vpc, leak.subnet), {
      cluster: spec.name,
      account: world.account,
      createdAt: ago(world.now, leak.ageHours * 3600),
      groups: [vpc.groupId(`cluster:${spec.name}`)],
    }),
  );
  const controlPlane = spec.controlPlaneSubnets.map((name, at) => controlPlaneInterface(world, vpc, spec, name, at));
  const nodes = makeNodes(world, vpc, spec, env);
  const fargate = fargatePods(world, vpc, spec);
  return {
    otherInterfaces: [...leaked, ...controlPlane, ...fargate.map(({ eni }) => eni)],
    scalingActivities: failedLaunches(world, vpc, spec),
    nodes,
    cluster: {
      name: spec.name,
      eks: eksCluster(world, vpc, spec),
      nodegroups: Object.fromEntries(
        spec.nodegroups
          .filter(({ startedBy = 'eks' }) => startedBy === 'eks')
          .map((group) => [group.name, eksNodegroup(world, vpc, spec, group)]),
      ),
      addons: Object.fromEntries(
        Object.entries(addonVersions(spec)).map(([name, version]) => [name, eksAddon(world, spec, name, version)]),
      ),
      kubernetes: kubernetesOf(world, vpc, spec, { nodes, fargate, env }),
      ...(spec.ipamdCounters ? { proxied: ipamdAnswers(nodes, spec.ipamdCounters) } : {}),
    },
  };
}

/** Each agent's metrics, by the path behind the API server's proxy. */
function ipamdAnswers(nodes: readonly ClusterNode[], counters: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    nodes.map((node) => [`kube-system/${agentPodName(node)}:61678/metrics`, ipamdMetrics(node, counters)]),
  );
}

function failedLaunches({ now }: WorldSpec, vpc: VpcDraft, { name, nodegroups }: ClusterSpec): ScalingActivity[] {
  return nodegroups.flatMap((nodegroup) => {
    const group = scalingGroupOf(name, nodegroup);
    if (group === undefined) return [];
    return (nodegroup.failedLaunches ?? []).map((launch) =>
      failedActivity(launch, {
        group,
        subnetId: draftOf(vpc, launch.subnet ?? nodegroup.subnets[0] ?? '').subnet.subnetId,
        startTime: ago(now, launch.hoursAgo * 3600),
      }),
    );
  });
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
      startedBy: group.startedBy ?? 'eks',
      ordinal: at,
      type,
      account: world.account,
      createdAt: ago(world.now, 20 * 24 * 3600 - at * 60),
      primary: { draft, groups: [vpc.groupId(`cluster:${spec.name}`)] },
      ...podPlace(vpc, spec, env, ipamd, draft),
      podAddresses: group.ami === 'windows' ? 'windows' : spec.ipFamily === 'ipv6' ? 'ipv6' : 'ipamd',
      podsWanted: podsWanted(group, ordinal, spec),
      addressesFromBefore: group.addressesFromBefore ?? 0,
      ...trunkOf(vpc, spec, group, env),
      ipamd,
    });
    return { group, ordinal, at, zone: draft.subnet.availabilityZone, node };
  });
  return launched.map(({ node, ...rest }) => {
    const made = fillNode(node);
    const host = spec.ipFamily === 'ipv6' ? made.instance.instanceId : `ip-${made.nodeIp.replaceAll('.', '-')}`;
    const networkReady = node.request.primaryCarriesPods || node.request.pods.drafts.length > 0;
    return { ...made, ...rest, networkReady, name: `${host}.${world.region}.compute.internal` };
  });
}

/** A trunk is there for pods with security groups of their own, on types that take one. */
function trunkOf(
  vpc: VpcDraft,
  { securityGroupPolicies = {} }: ClusterSpec,
  { instanceType, securityGroupPods = 0, ami }: NodegroupSpec,
  env: Readonly<Record<string, string>>,
): Pick<NodeRequest, 'branches'> {
  if (env['ENABLE_POD_ENI'] !== 'true' || branchLimit(instanceType) === 0 || ami === 'windows') return {};
  const [groups = []] = Object.values(securityGroupPolicies);
  return { branches: { count: securityGroupPods, groups: groups.map(vpc.groupId) } };
}

/** CoreDNS takes a place on the first two nodes. */
function podsWanted(group: NodegroupSpec, ordinal: number, { crashingAgents = [], waitingPodsPerNode = 0 }: ClusterSpec): number {
  const waiting = crashingAgents.includes(ordinal) ? waitingPodsPerNode : 0;
  return Math.max(ordinal < 2 && hasAgent(group) ? 1 : 0, group.podsPerNode - waiting);
}

/** Where the CNI takes pod addresses from: the zone's ENIConfig, or the node's own subnet and, by discovery, its tagged siblings. */
function podPlace(
  vpc: VpcDraft,
  { name, eniConfigs }: ClusterSpec,
  env: Readonly<Record<string, string>>,
  { subnetDiscovery }: IpamdSettings,
  own: SubnetDraft,
): Pick<NodeRequest, 'pods' | 'primaryCarriesPods'> {
  const zone = own.subnet.availabilityZone;
  const config = eniConfigs?.[zone];
  if (config !== undefined || env['AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG'] === 'true') {
    // An interface lies in its instance's zone: by an ENIConfig of another one, or none, ipamd attaches nothing.
    const draft = vpc.subnets.get(config?.subnet ?? '');
    return {
      primaryCarriesPods: false,
      pods: {
        drafts: draft?.subnet.availabilityZone === zone ? [draft] : [],
        groups: (config?.securityGroups ?? []).map(vpc.groupId),
      },
    };
  }
  const siblings = [...vpc.subnets.values()].filter(
    ({ subnet }) =>
      subnet === own.subnet ||
      (subnetDiscovery && subnet.availabilityZone === zone && subnet.tags['kubernetes.io/role/cni'] === '1'),
  );
  return { primaryCarriesPods: true, pods: { drafts: siblings, groups: [vpc.groupId(`cluster:${name}`)] } };
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

function eksNodegroup({ now }: WorldSpec, vpc: VpcDraft, spec: ClusterSpec, group: NodegroupSpec): JsonObject {
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

function addonVersions(spec: ClusterSpec): Readonly<Record<string, string>> {
  return { 'vpc-cni': cniVersionOf(spec), coredns: 'v1.12.4-eksbuild.1', 'kube-proxy': 'v1.33.5-eksbuild.2' };
}

function eksAddon({ account, region }: WorldSpec, spec: ClusterSpec, addonName: string, addonVersion: string): JsonObject {
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
