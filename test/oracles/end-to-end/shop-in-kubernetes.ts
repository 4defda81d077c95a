import type { KubernetesObject } from '../kubernetes/apply.ts';
import type { ShopInAws, ShopNode } from './shop-in-aws.ts';

const IMAGE = '602401143452.dkr.ecr.eu-west-1.amazonaws.com';

/** The same cluster's Kubernetes objects: the VPC CNI, CoreDNS and a client of it on both nodes, a pod that waits for its network. */
export function shopInKubernetes({ roomy, full }: ShopInAws, now: Date): readonly KubernetesObject[] {
  const nodes = [roomy.node, full.node];
  return [
    ...nodes.map(node),
    awsNode(nodes.length),
    ...nodes.flatMap((on, index) => [
      pod(`aws-node-${index}`, on, { labels: { 'k8s-app': 'aws-node' }, owner: 'aws-node' }),
      pod(`coredns-${index}`, on, { labels: { 'k8s-app': 'kube-dns' }, address: on.podAddresses[0], dnsPolicy: 'Default' }),
      pod(`agent-${index}`, on, { labels: { app: 'agent' }, address: on.podAddresses[1] }),
    ]),
    dnsDeployment(nodes.length),
    dnsConfigMap(),
    dnsService(),
    dnsEndpoints(nodes),
    waiting(full.node, new Date(now.getTime() - 10 * 60_000)),
  ];
}

const nameOf = ({ address }: ShopNode) => `ip-${address.replaceAll('.', '-')}.eu-west-1.compute.internal`;

function node(on: ShopNode): KubernetesObject {
  const name = nameOf(on);
  const labels = {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'node.kubernetes.io/instance-type': 'm5.large',
    'topology.kubernetes.io/zone': on.zone,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { providerID: `aws:///${on.zone}/${on.instanceId}` },
    status: {
      capacity: { cpu: '2', memory: '8Gi', pods: '29' },
      allocatable: { cpu: '2', memory: '7Gi', pods: '29' },
      addresses: [{ type: 'InternalIP', address: on.address }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      nodeInfo: { kubeletVersion: 'v1.33.5-eks-1a2b3c4', operatingSystem: 'linux', architecture: 'amd64' },
    },
  };
}

function awsNode(count: number): KubernetesObject {
  const labels = { 'k8s-app': 'aws-node' };
  const container = {
    name: 'aws-node',
    image: `${IMAGE}/amazon-k8s-cni:v1.20.4-eksbuild.1`,
    env: [
      { name: 'ENABLE_PREFIX_DELEGATION', value: 'false' },
      { name: 'WARM_ENI_TARGET', value: '1' },
      { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { hostNetwork: true, tolerations: [{ operator: 'Exists' }], containers: [container] },
      },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: count,
      currentNumberScheduled: count,
      numberReady: count,
      numberAvailable: count,
      updatedNumberScheduled: count,
      numberMisscheduled: 0,
    },
  };
}

interface PodOptions {
  readonly labels: Readonly<Record<string, string>>;
  /** The DaemonSet that owns it; such a pod is in the host's network. */
  readonly owner?: string;
  readonly address?: string | undefined;
  /** `ClusterFirst` unless said. */
  readonly dnsPolicy?: string;
}

function pod(
  name: string,
  on: ShopNode,
  { labels, owner, address = on.address, dnsPolicy = 'ClusterFirst' }: PodOptions,
): KubernetesObject {
  const reference = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    name: owner,
    uid: '00000000-0000-0000-0000-000000000001',
    controller: true,
  };
  const condition = (type: string) => ({ type, status: 'True' });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels, ...(owner ? { ownerReferences: [reference] } : {}) },
    spec: {
      nodeName: nameOf(on),
      dnsPolicy,
      ...(owner ? { hostNetwork: true } : {}),
      containers: [{ name: 'main', image: 'main:1' }],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: ['PodScheduled', 'PodReadyToStartContainers', 'Ready'].map(condition),
      containerStatuses: [
        {
          name: 'main',
          image: 'main:1',
          imageID: '',
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: '2026-11-24T00:00:00Z' } },
        },
      ],
    },
  };
}

function waiting(on: ShopNode, since: Date): KubernetesObject {
  const at = since.toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } },
    spec: { nodeName: nameOf(on), containers: [{ name: 'web', image: 'web:1' }] },
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: at },
        { type: 'PodReadyToStartContainers', status: 'False', lastTransitionTime: at },
      ],
    },
  };
}

const PORTS = [
  { name: 'dns', protocol: 'UDP', port: 53 },
  { name: 'dns-tcp', protocol: 'TCP', port: 53 },
];

function dnsDeployment(replicas: number): KubernetesObject {
  const labels = { 'k8s-app': 'kube-dns' };
  const containers = [{ name: 'coredns', image: `${IMAGE}/eks/coredns:v1.12.4-eksbuild.1` }];
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { dnsPolicy: 'Default', containers } },
    },
    status: { observedGeneration: 1, ...counts },
  };
}

function dnsConfigMap(): KubernetesObject {
  const Corefile = '.:53 {\n  kubernetes cluster.local in-addr.arpa ip6.arpa\n  forward . /etc/resolv.conf\n  cache 30\n}\n';
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns', namespace: 'kube-system' }, data: { Corefile } };
}

function dnsService(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { clusterIP: '172.20.0.10', selector: { 'k8s-app': 'kube-dns' }, ports: PORTS },
  };
}

function dnsEndpoints(nodes: readonly ShopNode[]): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kube-dns-x1', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    addressType: 'IPv4',
    ports: PORTS,
    endpoints: nodes.map((on, index) => ({
      addresses: [on.podAddresses[0]],
      conditions: { ready: true },
      nodeName: nameOf(on),
      zone: on.zone,
      targetRef: { kind: 'Pod', namespace: 'kube-system', name: `coredns-${index}` },
    })),
  };
}
