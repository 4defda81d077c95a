import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { ago } from '#lib/sandbox/builder/ago.ts';
import { controlPlaneInterface } from '#lib/sandbox/builder/control-plane.ts';
import { eksInsights } from '#lib/sandbox/builder/eks-insights.ts';
import { addonVersions, eksAddon, eksCluster, eksNodegroup } from '#lib/sandbox/builder/eks-objects.ts';
import { failedActivity } from '#lib/sandbox/builder/failed-launches.ts';
import { fargatePods } from '#lib/sandbox/builder/fargate.ts';
import { type IpamdSettings, ipamdSettings } from '#lib/sandbox/builder/ipamd.ts';
import { ipamdMetrics } from '#lib/sandbox/builder/ipamd-metrics.ts';
import { kubernetesOf } from '#lib/sandbox/builder/kubernetes.ts';
import { leakedInterfaces } from '#lib/sandbox/builder/leaks.ts';
import { fillNode, launchNode, type MadeNode, type NodeRequest } from '#lib/sandbox/builder/node.ts';
import { nodeProbeReactions } from '#lib/sandbox/builder/node-files.ts';
import type { ClusterSpec, NodegroupSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { scalingGroupOf } from '#lib/sandbox/builder/starter.ts';
import { IPV6_ENV, MANIFEST_ENV } from '#lib/sandbox/builder/system.ts';
import { draftOf, type SubnetDraft, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import { agentPodName, hasAgent } from '#lib/sandbox/builder/workload.ts';
import { branchLimit, instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import type { WorldCluster } from '#lib/sandbox/world.ts';

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
      insights: eksInsights(world, spec),
      kubernetes: kubernetesOf(world, vpc, spec, { nodes, fargate, env }),
      ...(spec.nodeFiles ? { reactions: nodeProbeReactions(spec.nodeFiles, nodes) } : {}),
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
