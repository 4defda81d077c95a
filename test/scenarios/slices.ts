/** Parts of a Snapshot for the unit tests of engines and checks: plausible defaults, and what the test is about. */
import type { Instance, InstanceType, NetworkInterface, SecurityGroupRule, Subnet } from '#lib/model/ec2.ts';
import type { EksCluster, Nodegroup } from '#lib/model/eks.ts';
import type { Failure } from '#lib/model/failure.ts';
import type { DaemonSet, Deployment, EndpointSlice, Node, Pod, Service } from '#lib/model/kubernetes.ts';
import type { SliceData, Slices, Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn } from '#lib/model/target.ts';

export const NOW = '2026-11-24T03:00:00.000Z';
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
const ZONE = 'eu-west-1a';
const VPC = 'vpc-1';

export const DENIED: Failure = {
  ok: false,
  code: 'AccessDenied',
  reason: 'the call was denied',
  remedy: 'grant the action to the role',
};

/** The API server does not serve the kind. */
const NOT_SERVED = { ok: true, data: [], absent: true } as const;

/** An opt-in source that nobody switched on. */
export const NOT_ENABLED: Failure = {
  ok: false,
  code: 'NotEnabled',
  reason: 'it is an opt-in source, and nobody switched it on',
  remedy: 'add it to collect.optIn in cniwatch.yaml',
};

export function aCluster(over: Partial<EksCluster> = {}): EksCluster {
  return {
    name: 'shop-prod',
    arn: clusterArn(ACCOUNT, REGION, 'shop-prod'),
    status: 'ACTIVE',
    version: '1.33',
    vpcId: VPC,
    subnetIds: ['subnet-a'],
    securityGroupIds: [],
    clusterSecurityGroupId: 'sg-cluster',
    publicAccessCidrs: ['0.0.0.0/0'],
    autoMode: false,
    ipFamily: 'ipv4',
    serviceIpv4Cidr: '172.20.0.0/16',
    healthIssues: [],
    tags: {},
    ...over,
  };
}

export function aNodegroup(over: Partial<Nodegroup> = {}): Nodegroup {
  return {
    nodegroupName: 'general',
    amiType: 'AL2023_x86_64_STANDARD',
    instanceTypes: ['m5.large'],
    subnets: ['subnet-a'],
    autoScalingGroups: ['eks-general-1a2b'],
    labels: {},
    healthIssues: [],
    ...over,
  };
}

export function aSubnet(over: Partial<Subnet> = {}): Subnet {
  return {
    subnetId: 'subnet-a',
    vpcId: VPC,
    availabilityZone: ZONE,
    cidrBlock: '10.0.0.0/24',
    ipv6CidrBlocks: [],
    availableIpAddressCount: 251,
    ownerId: ACCOUNT,
    tags: {},
    ...over,
  };
}

export function anEni(over: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    networkInterfaceId: 'eni-1',
    subnetId: 'subnet-a',
    vpcId: VPC,
    availabilityZone: ZONE,
    description: '',
    interfaceType: 'interface',
    status: 'in-use',
    requesterManaged: false,
    ownerId: ACCOUNT,
    privateIpAddresses: ['10.0.0.10'],
    ipv4Prefixes: [],
    ipv6Addresses: [],
    ipv6Prefixes: [],
    groups: ['sg-cluster'],
    tags: {},
    ...over,
  };
}

/** The interface of a node: the primary by default, a secondary of the VPC CNI at `deviceIndex` 1 and above. */
export function aNodeEni(instanceId: string, deviceIndex = 0, over: Partial<NetworkInterface> = {}): NetworkInterface {
  return anEni({
    networkInterfaceId: `eni-${instanceId}-${deviceIndex}`,
    description: deviceIndex === 0 ? '' : `aws-K8S-${instanceId}`,
    attachment: { instanceId, deviceIndex, networkCardIndex: 0, status: 'attached' },
    tags: deviceIndex === 0 ? {} : { 'node.k8s.amazonaws.com/instance_id': instanceId },
    ...over,
  });
}

export function anInstance(over: Partial<Instance> = {}): Instance {
  return {
    instanceId: 'i-1',
    instanceType: 'm5.large',
    state: 'running',
    subnetId: 'subnet-a',
    vpcId: VPC,
    availabilityZone: ZONE,
    tags: { 'kubernetes.io/cluster/shop-prod': 'owned' },
    ...over,
  };
}

export function anInstanceType(over: Partial<InstanceType> = {}): InstanceType {
  const most = over.maximumNetworkInterfaces ?? 3;
  return {
    instanceType: 'm5.large',
    hypervisor: 'nitro',
    bareMetal: false,
    vcpus: 2,
    maximumNetworkInterfaces: most,
    ipv4AddressesPerInterface: 10,
    ipv6AddressesPerInterface: 10,
    defaultNetworkCardIndex: 0,
    networkCards: [{ networkCardIndex: 0, maximumNetworkInterfaces: most }],
    ...over,
  };
}

export function aNode(over: Partial<Node> = {}): Node {
  return {
    name: 'ip-10-0-0-10.eu-west-1.compute.internal',
    labels: {
      'topology.kubernetes.io/zone': ZONE,
      'node.kubernetes.io/instance-type': 'm5.large',
      'eks.amazonaws.com/nodegroup': 'general',
      'kubernetes.io/os': 'linux',
    },
    annotations: {},
    instanceId: 'i-1',
    providerId: `aws:///${ZONE}/i-1`,
    internalIps: ['10.0.0.10'],
    podCidrs: [],
    unschedulable: false,
    taints: [],
    allocatablePods: 29,
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    kubeletVersion: 'v1.33.5-eks-1a2b3c4',
    operatingSystem: 'linux',
    architecture: 'amd64',
    createdAt: '2026-11-01T00:00:00Z',
    ...over,
  };
}

export function aPod(over: Partial<Pod> = {}): Pod {
  return {
    namespace: 'default',
    name: 'web-1',
    labels: { app: 'web' },
    nodeName: 'ip-10-0-0-10.eu-west-1.compute.internal',
    hostNetwork: false,
    phase: 'Running',
    podIps: ['10.0.0.11'],
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'PodReadyToStartContainers', status: 'True' },
      { type: 'Ready', status: 'True' },
    ],
    containers: [{ name: 'web', image: 'web:1', init: false, ready: true, restartCount: 0, ports: [] }],
    createdAt: '2026-11-20T00:00:00Z',
    ...over,
  };
}

export function aDaemonSet(over: Partial<DaemonSet> = {}): DaemonSet {
  return {
    namespace: 'kube-system',
    name: 'some-agent',
    labels: {},
    selector: { matchLabels: {} },
    hostNetwork: true,
    nodeSelector: {},
    nodeAffinity: [],
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'agent', image: 'agent:1', init: false, env: {}, args: [] }],
    generation: 1,
    observedGeneration: 1,
    desired: 1,
    current: 1,
    ready: 1,
    available: 1,
    updated: 1,
    ...over,
  };
}

/** aws-node as its manifest has it, with these environment variables on top. */
export function awsNode(env: Readonly<Record<string, string>> = {}, over: Partial<DaemonSet> = {}): DaemonSet {
  return aDaemonSet({
    name: 'aws-node',
    labels: { 'k8s-app': 'aws-node' },
    selector: { matchLabels: { 'k8s-app': 'aws-node' } },
    nodeAffinity: [
      [
        { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
        { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64', 'arm64'] },
        { key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: ['fargate', 'hybrid', 'auto'] },
      ],
    ],
    containers: [
      {
        name: 'aws-node',
        image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4-eksbuild.1',
        init: false,
        env: { WARM_ENI_TARGET: '1', WARM_PREFIX_TARGET: '1', ENABLE_PREFIX_DELEGATION: 'false', ENABLE_IPv4: 'true', ...env },
        args: [],
      },
    ],
    ...over,
  });
}

/** A rule of `groupId`: egress to everywhere unless told otherwise. */
export function aRule(over: Partial<SecurityGroupRule> = {}): SecurityGroupRule {
  const everywhere = over.prefixListId === undefined && over.referencedGroup === undefined && over.cidrIpv6 === undefined;
  return {
    securityGroupRuleId: 'sgr-1',
    groupId: 'sg-cluster',
    isEgress: true,
    ipProtocol: '-1',
    fromPort: -1,
    toPort: -1,
    ...(everywhere ? { cidrIpv4: '0.0.0.0/0' } : {}),
    ...over,
  };
}

export function anEndpointSlice(over: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    namespace: 'kube-system',
    name: 'kube-dns-x1',
    serviceName: 'kube-dns',
    addressType: 'IPv4',
    ports: [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53 },
    ],
    endpoints: [],
    ...over,
  };
}

/** CoreDNS's, as the EKS add-on installs it. */
export function aDeployment(over: Partial<Deployment> = {}): Deployment {
  const desired = over.desired ?? 2;
  return {
    namespace: 'kube-system',
    name: 'coredns',
    labels: { 'k8s-app': 'kube-dns' },
    selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    desired,
    current: desired,
    ready: desired,
    available: desired,
    updated: desired,
    generation: 1,
    observedGeneration: 1,
    conditions: [],
    maxUnavailable: '1',
    maxSurge: '25%',
    spread: [],
    containers: [
      {
        name: 'coredns',
        image: 'eks/coredns:v1.12.4-eksbuild.1',
        init: false,
        args: ['-conf', '/etc/coredns/Corefile'],
        memoryLimit: '170Mi',
      },
    ],
    ...over,
  };
}

/** kube-dns. */
export function aService(over: Partial<Service> = {}): Service {
  return {
    namespace: 'kube-system',
    name: 'kube-dns',
    labels: { 'k8s-app': 'kube-dns' },
    selector: { 'k8s-app': 'kube-dns' },
    type: 'ClusterIP',
    clusterIps: ['172.20.0.10'],
    ports: [
      { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
    ],
    ...over,
  };
}

/** A Snapshot in which every slice was read and is empty, but for those given, as their data or as a whole slice. */
export function aSnapshot(given: { readonly [K in keyof SliceData]?: SliceData[K] | Slices[K] } = {}): Snapshot {
  const empty = {
    cluster: aCluster(),
    nodegroups: [],
    addons: [],
    insights: [],
    vpc: { vpcId: VPC, cidrBlocks: ['10.0.0.0/16'], ipv6CidrBlocks: [], ownerId: ACCOUNT },
    subnets: [],
    networkInterfaces: [],
    instances: [],
    instanceTypes: [],
    securityGroups: [],
    securityGroupRules: [],
    networkAcls: [],
    subnetCidrReservations: [],
    prefixLists: [],
    serviceQuotas: [],
    scalingActivities: [],
    nodes: [],
    pods: [],
    events: [],
    daemonSets: [],
    deployments: [],
    configMaps: [],
    services: [],
    endpointSlices: [],
    namespaces: [],
    networkPolicies: [],
    eniConfigs: [],
    cniNodes: [],
    securityGroupPolicies: [],
    cniResources: [],
    policyResources: [],
    podMetrics: NOT_SERVED,
    nodeClaims: [],
    nodePools: [],
    nodeClasses: [],
    ipamd: NOT_ENABLED,
    dnsMetrics: NOT_ENABLED,
    ciliumAgents: NOT_ENABLED,
    accessReviews: NOT_ENABLED,
    calicoNodeStatus: NOT_ENABLED,
    nodeProbes: NOT_ENABLED,
    canary: NOT_ENABLED,
    ...given,
  };
  const slices = Object.fromEntries(Object.entries(empty).map(([key, data]) => [key, 'ok' in data ? data : { ok: true, data }]));
  return {
    version: 1,
    takenAt: NOW,
    target: { account: ACCOUNT, region: REGION, name: 'shop-prod', arn: clusterArn(ACCOUNT, REGION, 'shop-prod') },
    slices: slices as unknown as Slices,
    collectors: [],
  };
}
