import { ago } from '#lib/sandbox/builder/ago.ts';
import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import { coreDnsConfigMap, coreDnsDeployment } from '#lib/sandbox/builder/coredns.ts';
import type { FargatePod } from '#lib/sandbox/builder/fargate.ts';
import { nodeClaimObjects, nodeClassObjects, nodePoolObjects } from '#lib/sandbox/builder/karpenter.ts';
import { fargateNodeObject, nodeObject } from '#lib/sandbox/builder/node-object.ts';
import { eventObject, namespaceObject } from '#lib/sandbox/builder/objects.ts';
import { podMetricsKind } from '#lib/sandbox/builder/pod-metrics.ts';
import type { ClusterSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import {
  awsNodeObject,
  kubeDnsEndpoints,
  kubeDnsService,
  kubeProxyObject,
  vpcCniConfigMap,
} from '#lib/sandbox/builder/system.ts';
import { draftOf, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import { fargatePodObject, hasAgent, podsOf, sandboxFailures } from '#lib/sandbox/builder/workload.ts';
import type { KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';

export interface ClusterParts {
  readonly nodes: readonly ClusterNode[];
  readonly fargate: readonly FargatePod[];
  /** aws-node's. */
  readonly env: Readonly<Record<string, string>>;
}

/** Those that every API server has, and the workloads' own. */
const NAMESPACES = ['batch', 'default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop'];

/** What a cluster's API server serves. */
export function kubernetesOf(
  world: WorldSpec,
  vpc: VpcDraft,
  spec: ClusterSpec,
  { nodes, fargate, env }: ClusterParts,
): KubernetesResource[] {
  const crashing = new Set(spec.crashingAgents);
  const since = ago(world.now, 30 * 24 * 3600);
  const { ipFamily: family = 'ipv4', enforcesNetworkPolicies = false } = spec;
  const placed = nodes.map((node) => ({ node, ...podsOf(world, spec, node, crashing.has(node.ordinal)) }));
  const pods = [
    ...placed.flatMap(({ running, waiting }) => [...running, ...waiting]),
    // Without other nodes, CoreDNS is on Fargate too.
    ...fargate.map((pod, at) => fargatePodObject(world, pod, at, nodes.length === 0 && at < 2)),
  ];
  const coreDns = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns');
  const zones = new Map([
    ...nodes.map(({ name, zone }) => [name, zone] as const),
    ...fargate.map(({ nodeName, zone }) => [nodeName, zone] as const),
  ]);
  const desired = nodes.filter(({ group }) => hasAgent(group)).length;
  const around = { region: world.region, version: spec.version ?? '1.33', createdAt: since, troubles: [] };
  const nodeObjects = nodes.map((node) => {
    const troubles = (spec.nodeTroubles ?? []).filter((trouble) => trouble.node === node.ordinal);
    return nodeObject(node, { ...around, createdAt: node.instance.launchTime ?? since, troubles });
  });
  return [
    core('nodes', 'Node', false, [...nodeObjects, ...fargate.map((pod) => fargateNodeObject(pod, around))]),
    core('pods', 'Pod', true, pods),
    core('events', 'Event', true, [
      ...placed.flatMap(({ node, waiting }) => sandboxFailures(world, waiting, node.name, crashing.has(node.ordinal))),
      ...nodeEvents(world, spec, nodeObjects),
    ]),
    core('configmaps', 'ConfigMap', true, [
      ...(coreDns.length === 0 ? [] : [coreDnsConfigMap(since)]),
      // Of Auto Mode it is made by whoever switches network policies on.
      ...(isAutoMode(spec) && !enforcesNetworkPolicies ? [] : [vpcCniConfigMap(since, enforcesNetworkPolicies)]),
    ]),
    core('services', 'Service', true, [kubeDnsService(since, family)]),
    core(
      'namespaces',
      'Namespace',
      false,
      [...NAMESPACES, ...(spec.nodeFiles ? ['cniwatch-probes'] : [])].map((name) => namespaceObject(name, since)),
    ),
    grouped('apps/v1', 'daemonsets', 'DaemonSet', true, [
      ...(isAutoMode(spec)
        ? []
        : [
            awsNodeObject(cniVersionOf(spec), env, since, { desired, ready: desired - crashing.size, enforcesNetworkPolicies }),
            kubeProxyObject(around.version, since, desired),
          ]),
    ]),
    grouped('apps/v1', 'deployments', 'Deployment', true, coreDns.length === 0 ? [] : [coreDnsDeployment(since, coreDns.length)]),
    grouped('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true, [
      kubeDnsEndpoints(coreDns, (name) => zones.get(name) ?? '', { createdAt: since, family }),
    ]),
    grouped('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', true, networkPolicies(spec, since)),
    grouped('crd.k8s.amazonaws.com/v1alpha1', 'eniconfigs', 'ENIConfig', false, eniConfigs(vpc, spec, since)),
    grouped('vpcresources.k8s.aws/v1alpha1', 'cninodes', 'CNINode', false, cniNodes(nodes)),
    grouped(
      'vpcresources.k8s.aws/v1beta1',
      'securitygrouppolicies',
      'SecurityGroupPolicy',
      true,
      groupPolicies(vpc, spec, since),
    ),
    ...podMetricsKind(world, spec, nodes),
    ...karpenterKinds(world, spec, nodes),
    ...(hasAutoMode(spec)
      ? [grouped('eks.amazonaws.com/v1', 'nodeclasses', 'NodeClass', false, nodeClassObjects(world, spec))]
      : []),
  ];
}

function networkPolicies({ networkPolicies: policies = [] }: ClusterSpec, createdAt: string): KubernetesObject[] {
  return policies.map(({ namespace, name, spec }) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name, creationTimestamp: createdAt },
    spec,
  }));
}

/** All of its nodes are: the CNI and kube-proxy are parts of them. */
function isAutoMode({ nodegroups }: ClusterSpec): boolean {
  return nodegroups.length > 0 && nodegroups.every(({ startedBy }) => startedBy === 'auto-mode');
}

function hasAutoMode({ nodegroups }: ClusterSpec): boolean {
  return nodegroups.some(({ startedBy }) => startedBy === 'auto-mode');
}

export function cniVersionOf({ cniVersion = 'v1.20.4-eksbuild.1' }: ClusterSpec): string {
  return cniVersion;
}

const core = (plural: string, kind: string, namespaced: boolean, items: readonly KubernetesObject[]) =>
  grouped('v1', plural, kind, namespaced, items);

function grouped(
  apiVersion: string,
  plural: string,
  kind: string,
  namespaced: boolean,
  items: readonly KubernetesObject[],
): KubernetesResource {
  return { apiVersion, kind, plural, namespaced, items };
}

function nodeEvents(
  { now }: WorldSpec,
  { nodeTroubles = [] }: ClusterSpec,
  nodes: readonly KubernetesObject[],
): KubernetesObject[] {
  return nodeTroubles.flatMap(({ node, event }) => {
    const involved = nodes[node];
    if (event === undefined || involved === undefined) return [];
    const seen = { count: 4, firstSeen: ago(now, 30 * 60), lastSeen: ago(now, 60) };
    return [eventObject({ ...event, involved, nodeName: involved.metadata.name, ...seen })];
  });
}

function eniConfigs(vpc: VpcDraft, { eniConfigs: configs = {} }: ClusterSpec, createdAt: string): KubernetesObject[] {
  return Object.entries(configs).map(([name, { subnet, securityGroups }]) => ({
    apiVersion: 'crd.k8s.amazonaws.com/v1alpha1',
    kind: 'ENIConfig',
    metadata: { name, creationTimestamp: createdAt },
    spec: {
      subnet: subnet.startsWith('subnet-') ? subnet : draftOf(vpc, subnet).subnet.subnetId,
      securityGroups: securityGroups.map(vpc.groupId),
    },
  }));
}

/** One for each node with a trunk, by the resource controller. */
function cniNodes(nodes: readonly ClusterNode[]): KubernetesObject[] {
  return nodes
    .filter(({ hasTrunk }) => hasTrunk)
    .map(({ name, instance }) => ({
      apiVersion: 'vpcresources.k8s.aws/v1alpha1',
      kind: 'CNINode',
      metadata: { name, creationTimestamp: instance.launchTime ?? '' },
      spec: { features: [{ name: 'SecurityGroupsForPods' }] },
    }));
}

function groupPolicies(vpc: VpcDraft, { securityGroupPolicies = {} }: ClusterSpec, createdAt: string): KubernetesObject[] {
  return Object.entries(securityGroupPolicies).map(([name, groups]) => ({
    apiVersion: 'vpcresources.k8s.aws/v1beta1',
    kind: 'SecurityGroupPolicy',
    metadata: { name, namespace: 'shop', creationTimestamp: createdAt },
    spec: {
      podSelector: { matchLabels: { 'own-security-groups': 'true' } },
      securityGroups: { groupIds: groups.map(vpc.groupId) },
    },
  }));
}

/** Served where Karpenter or Auto Mode is. */
function karpenterKinds(world: WorldSpec, spec: ClusterSpec, nodes: readonly ClusterNode[]): KubernetesResource[] {
  const claims = nodeClaimObjects(world, spec, nodes);
  if (claims.length === 0 && spec.nodePools === undefined) return [];
  return [
    grouped('karpenter.sh/v1', 'nodeclaims', 'NodeClaim', false, claims),
    grouped('karpenter.sh/v1', 'nodepools', 'NodePool', false, nodePoolObjects(world, spec)),
  ];
}
