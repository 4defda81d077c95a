/** What every cluster has in kube-system. */
import { uid } from '#lib/sandbox/builder/ids.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

const REGISTRY = '602401143452.dkr.ecr.eu-west-1.amazonaws.com';

/** aws-node's environment in the manifest. Source: amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml. */
export const MANIFEST_ENV: Readonly<Record<string, string>> = {
  ADDITIONAL_ENI_TAGS: '{}',
  AWS_VPC_CNI_NODE_PORT_SUPPORT: 'true',
  AWS_VPC_ENI_MTU: '9001',
  AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'false',
  AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false',
  ENABLE_IPv4: 'true',
  ENABLE_IPv6: 'false',
  ENABLE_POD_ENI: 'false',
  ENABLE_PREFIX_DELEGATION: 'false',
  ENABLE_SUBNET_DISCOVERY: 'true',
  NETWORK_POLICY_ENFORCING_MODE: 'standard',
  WARM_ENI_TARGET: '1',
  WARM_PREFIX_TARGET: '1',
};

/** Instead, in a cluster of IPv6. Source: Amazon EKS User Guide, "Deploy an Amazon EKS IPv6 cluster". */
export const IPV6_ENV: Readonly<Record<string, string>> = {
  ENABLE_IPv4: 'false',
  ENABLE_IPv6: 'true',
  ENABLE_PREFIX_DELEGATION: 'true',
};

export const AWS_NODE_IMAGE = (version: string) => `${REGISTRY}/amazon-k8s-cni:${version}`;
export const KUBE_PROXY_IMAGE = (version: string) => `${REGISTRY}/eks/kube-proxy:v${version}.5-minimal-eksbuild.2`;
export const COREDNS_IMAGE = `${REGISTRY}/eks/coredns:v1.12.4-eksbuild.1`;

/** Keeps the agents off nodes that bring their own networking. */
const AFFINITY: JsonObject = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64', 'arm64'] },
            { key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: ['fargate', 'hybrid', 'auto'] },
          ],
        },
      ],
    },
  },
};

type IpFamily = 'ipv4' | 'ipv6';
const ADDRESS_TYPES = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

interface DaemonSetNumbers {
  readonly desired: number;
  readonly ready: number;
}

export function awsNodeObject(
  version: string,
  env: Readonly<Record<string, string>>,
  createdAt: string,
  { enforcesNetworkPolicies, ...numbers }: DaemonSetNumbers & { readonly enforcesNetworkPolicies: boolean },
) {
  return daemonSetObject(
    'aws-node',
    { createdAt, ...numbers },
    {
      initContainers: [{ name: 'aws-vpc-cni-init', image: `${REGISTRY}/amazon-k8s-cni-init:${version}` }],
      containers: [
        {
          name: 'aws-node',
          image: AWS_NODE_IMAGE(version),
          env: [
            ...Object.entries(env).map(([name, value]) => ({ name, value })),
            { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
          ],
          resources: { requests: { cpu: '25m' } },
        },
        {
          name: 'aws-eks-nodeagent',
          image: `${REGISTRY}/amazon/aws-network-policy-agent:v1.2.6-eksbuild.1`,
          args: ['--enable-ipv6=false', `--enable-network-policy=${enforcesNetworkPolicies}`],
        },
      ],
    },
  );
}

/** As the add-on has it. Source: amazon-vpc-cni-k8s charts/aws-vpc-cni/templates/configmap.yaml. */
export function vpcCniConfigMap(createdAt: string, enforcesNetworkPolicies: boolean): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'amazon-vpc-cni',
      namespace: 'kube-system',
      uid: uid('ConfigMap', 'kube-system', 'amazon-vpc-cni'),
      creationTimestamp: createdAt,
      labels: { 'k8s-app': 'aws-node' },
    },
    data: {
      'enable-windows-ipam': 'false',
      'enable-network-policy-controller': `${enforcesNetworkPolicies}`,
      'enable-windows-prefix-delegation': 'false',
      'branch-eni-cooldown': '60',
    },
  };
}

export function kubeProxyObject(version: string, createdAt: string, desired: number): KubernetesObject {
  return daemonSetObject(
    'kube-proxy',
    { createdAt, desired, ready: desired },
    {
      containers: [{ name: 'kube-proxy', image: KUBE_PROXY_IMAGE(version) }],
    },
  );
}

function daemonSetObject(
  name: string,
  { createdAt, desired, ready }: DaemonSetNumbers & { createdAt: string },
  podSpec: JsonObject,
): KubernetesObject {
  const labels = { 'k8s-app': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name,
      namespace: 'kube-system',
      uid: uid('DaemonSet', 'kube-system', name),
      creationTimestamp: createdAt,
      labels,
      generation: 3,
    } as KubernetesObject['metadata'],
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          serviceAccountName: name,
          tolerations: [{ operator: 'Exists' }],
          affinity: AFFINITY,
          ...podSpec,
        },
      },
    },
    status: {
      desiredNumberScheduled: desired,
      currentNumberScheduled: desired,
      numberReady: ready,
      numberAvailable: ready,
      updatedNumberScheduled: desired,
      numberMisscheduled: 0,
      observedGeneration: 3,
      ...(desired > ready ? { numberUnavailable: desired - ready } : {}),
    },
  };
}

export function kubeDnsService(createdAt: string, family: IpFamily): KubernetesObject {
  const clusterIP = family === 'ipv6' ? 'fd30:1c53:5f8a::a' : '10.100.0.10';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      creationTimestamp: createdAt,
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [ADDRESS_TYPES[family]],
      ipFamilyPolicy: 'SingleStack',
      type: 'ClusterIP',
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
      ],
    },
  };
}

export function kubeDnsEndpoints(
  pods: readonly KubernetesObject[],
  zoneOf: (nodeName: string) => string,
  { createdAt, family }: { createdAt: string; family: IpFamily },
): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kube-dns-x7k2q',
      namespace: 'kube-system',
      creationTimestamp: createdAt,
      labels: { 'kubernetes.io/service-name': 'kube-dns', 'k8s-app': 'kube-dns' },
    },
    addressType: ADDRESS_TYPES[family],
    ports: [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53 },
    ],
    endpoints: pods.flatMap((pod) => endpointOf(pod, zoneOf)),
  };
}

function endpointOf(pod: KubernetesObject, zoneOf: (nodeName: string) => string): JsonObject[] {
  const { podIP } = pod['status'] as { podIP?: string };
  const { nodeName } = pod['spec'] as { nodeName: string };
  if (podIP === undefined) return [];
  return [
    {
      addresses: [podIP],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName,
      zone: zoneOf(nodeName),
      targetRef: { kind: 'Pod', namespace: 'kube-system', name: pod.metadata.name, uid: pod.metadata.uid },
    },
  ];
}
