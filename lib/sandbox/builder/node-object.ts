import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import type { FargatePod } from '#lib/sandbox/builder/fargate.ts';
import { uid } from '#lib/sandbox/builder/ids.ts';
import { condition } from '#lib/sandbox/builder/objects.ts';
import type { NodegroupSpec, NodeTroubleSpec } from '#lib/sandbox/builder/spec.ts';
import { branchLimit } from '#lib/sandbox/instance-types.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

interface NodeSurroundings {
  readonly region: string;
  /** Of Kubernetes, as `1.33`. */
  readonly version: string;
  readonly createdAt: string;
  readonly troubles: readonly NodeTroubleSpec[];
}

/** A node as its kubelet, the cloud controller and the resource controller write it. */
export function nodeObject(node: ClusterNode, { region, version, createdAt, troubles }: NodeSurroundings): KubernetesObject {
  const { instanceType } = node.type;
  const windows = node.group.ami === 'windows';
  const arch = /^[a-z]+\d+g[a-z]*\./.test(instanceType) ? 'arm64' : 'amd64';
  const pods = String(node.group.maxPods);
  const branches = node.hasTrunk ? { 'vpc.amazonaws.com/pod-eni': String(branchLimit(instanceType)) } : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      uid: uid('node', node.name),
      creationTimestamp: createdAt,
      labels: {
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': windows ? 'windows' : 'linux',
        'kubernetes.io/arch': arch,
        'node.kubernetes.io/instance-type': instanceType,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': node.zone,
        ...starterLabels(node.group),
        ...(node.hasTrunk ? { 'vpc.amazonaws.com/has-trunk-attached': 'true' } : {}),
      },
    },
    spec: { providerID: `aws:///${node.zone}/${node.instance.instanceId}` },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.nodeIp },
        { type: 'Hostname', address: node.name },
      ],
      capacity: { pods, cpu: '4', memory: '16Gi', ...branches },
      allocatable: { pods, cpu: '3920m', memory: '15Gi', ...branches },
      conditions: conditions(node, createdAt, troubles),
      nodeInfo: nodeInfo(node.group, version, arch),
    },
  };
}

function starterLabels({ name, startedBy = 'eks', nodeClass = 'default' }: NodegroupSpec): Readonly<Record<string, string>> {
  switch (startedBy) {
    case 'eks':
      return { 'eks.amazonaws.com/nodegroup': name, 'eks.amazonaws.com/capacityType': 'ON_DEMAND' };
    case 'own-auto-scaling-group':
      return {};
    case 'karpenter':
      return { 'karpenter.sh/nodepool': name, 'karpenter.sh/capacity-type': 'on-demand' };
    case 'auto-mode':
      return {
        'karpenter.sh/nodepool': name,
        'eks.amazonaws.com/compute-type': 'auto',
        'eks.amazonaws.com/nodeclass': nodeClass,
      };
  }
}

/** An agent that never had an interface for pods writes no configuration of the CNI, and the kubelet says so. */
function conditions(node: ClusterNode, since: string, troubles: readonly NodeTroubleSpec[]): JsonObject[] {
  const own = node.networkReady
    ? condition('Ready', 'True', since, 'KubeletReady', 'kubelet is posting ready status')
    : condition(
        'Ready',
        'False',
        since,
        'KubeletNotReady',
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      );
  const said = troubles.flatMap(({ condition: given }) =>
    given === undefined ? [] : [condition(given.type, given.status, since, given.reason, given.message)],
  );
  return said.some(({ type }) => type === 'Ready') ? said : [own, ...said];
}

const SYSTEMS: Readonly<Record<NonNullable<NodegroupSpec['ami']>, { osImage: string; kernelVersion: string }>> = {
  al2023: { osImage: 'Amazon Linux 2023.9.20251027', kernelVersion: '6.12.46-66.121.amzn2023.x86_64' },
  'custom-al2023': { osImage: 'Amazon Linux 2023.9.20251027', kernelVersion: '6.12.46-66.121.amzn2023.x86_64' },
  bottlerocket: { osImage: 'Bottlerocket OS 1.49.0 (aws-k8s-1.33)', kernelVersion: '6.12.46' },
  windows: { osImage: 'Windows Server 2022 Datacenter', kernelVersion: '10.0.20348.4171' },
};

function nodeInfo({ ami = 'al2023' }: Pick<NodegroupSpec, 'ami'>, version: string, architecture: string): JsonObject {
  return {
    machineID: '',
    systemUUID: '',
    bootID: '',
    ...SYSTEMS[ami],
    containerRuntimeVersion: 'containerd://2.1.4',
    kubeletVersion: `v${version}.5-eks-113cf36`,
    kubeProxyVersion: `v${version}.5-eks-113cf36`,
    operatingSystem: ami === 'windows' ? 'windows' : 'linux',
    architecture,
  };
}

/** The node that a Fargate pod is alone on. */
export function fargateNodeObject(
  { nodeName, zone, address }: FargatePod,
  { region, version, createdAt }: NodeSurroundings,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      uid: uid('node', nodeName),
      creationTimestamp: createdAt,
      labels: {
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
        'eks.amazonaws.com/compute-type': 'fargate',
      },
    },
    spec: {
      providerID: `aws:///${zone}/fargate-${address}`,
      taints: [{ key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' }],
    },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: nodeName },
      ],
      capacity: { pods: '1', cpu: '2', memory: '4Gi' },
      allocatable: { pods: '1', cpu: '2', memory: '4Gi' },
      conditions: [condition('Ready', 'True', createdAt, 'KubeletReady', 'kubelet is posting ready status')],
      nodeInfo: nodeInfo({}, version, 'amd64'),
    },
  };
}
