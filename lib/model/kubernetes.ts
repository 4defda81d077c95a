import * as z from 'zod';

/** Kubernetes objects, reduced to what the checks read. Flattened: `metadata`, `spec` and `status` are merged. */

const stringMap = z.record(z.string(), z.string());

/** A condition of a node, a pod or a custom resource. */
export const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});
export type Condition = z.infer<typeof condition>;

/** metav1.LabelSelector. */
export const labelSelector = z.object({
  matchLabels: stringMap.optional(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
    .optional(),
});
export type LabelSelector = z.infer<typeof labelSelector>;

export const node = z.object({
  name: z.string(),
  labels: stringMap,
  /** Only those of a CNI (vpc.amazonaws.com, k8s.amazonaws.com, flannel, Calico, Cilium) or of the configured ENIConfig key. */
  annotations: stringMap,
  /** From `spec.providerID`; absent on Fargate and hybrid nodes. */
  instanceId: z.string().optional(),
  providerId: z.string().optional(),
  internalIps: z.array(z.string()),
  podCidrs: z.array(z.string()),
  unschedulable: z.boolean(),
  taints: z.array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string() })),
  /** `status.allocatable.pods`. */
  allocatablePods: z.number().optional(),
  /** `status.allocatable['vpc.amazonaws.com/pod-eni']`: branch ENIs that the node offers. */
  allocatablePodEnis: z.number().optional(),
  conditions: z.array(condition),
  kubeletVersion: z.string().optional(),
  kernelVersion: z.string().optional(),
  osImage: z.string().optional(),
  /** linux | windows */
  operatingSystem: z.string().optional(),
  architecture: z.string().optional(),
  createdAt: z.string(),
});
export type Node = z.infer<typeof node>;

const container = z.object({
  name: z.string(),
  image: z.string(),
  init: z.boolean(),
  ready: z.boolean(),
  restartCount: z.number(),
  /** `state.waiting.reason`, as CrashLoopBackOff. */
  waitingReason: z.string().optional(),
  waitingMessage: z.string().optional(),
  /** `lastState.terminated` or `state.terminated`. */
  terminatedReason: z.string().optional(),
  exitCode: z.number().optional(),
  /** Kubernetes quantity, as written. */
  memoryLimit: z.string().optional(),
  /** Named container ports, for NetworkPolicy and target ports. */
  ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number(), protocol: z.string() })),
});
export type Container = z.infer<typeof container>;

export const pod = z.object({
  namespace: z.string(),
  name: z.string(),
  labels: stringMap,
  nodeName: z.string().optional(),
  hostNetwork: z.boolean(),
  /** Decides whether the pod asks the cluster's DNS at all: with `ClusterFirst`, the default, a host-network pod does not. */
  dnsPolicy: z.string().optional(),
  serviceAccountName: z.string().optional(),
  /** Pending | Running | Succeeded | Failed | Unknown */
  phase: z.string(),
  /** `status.reason`, as OutOfpods or Evicted. */
  reason: z.string().optional(),
  podIps: z.array(z.string()),
  conditions: z.array(condition),
  owner: z.object({ kind: z.string(), name: z.string() }).optional(),
  /** Annotation `vpc.amazonaws.com/pod-eni`, a JSON array. */
  podEni: z.string().optional(),
  /** Annotation `fargate.amazonaws.com/pod-sg`. */
  fargatePodSg: z.string().optional(),
  containers: z.array(container),
  createdAt: z.string(),
  deletedAt: z.string().optional(),
});
export type Pod = z.infer<typeof pod>;

/** A Warning event. */
export const event = z.object({
  namespace: z.string(),
  reason: z.string(),
  message: z.string(),
  involved: z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() }),
  /** The node that reported it, where stated. */
  sourceHost: z.string().optional(),
  count: z.number(),
  firstSeen: z.string().optional(),
  lastSeen: z.string().optional(),
});
export type Event = z.infer<typeof event>;

/** What tells who owns an object; absent in Snapshots of a cniwatch that did not keep it. */
const ownership = {
  /** Field managers that wrote anything but its status, each once. */
  managers: z.array(z.string()).optional(),
  /** Those annotations by which Helm, Argo CD, Flux and Pulumi mark what is theirs. */
  ownerAnnotations: stringMap.optional(),
};

export const daemonSet = z.object({
  namespace: z.string(),
  name: z.string(),
  labels: stringMap,
  ...ownership,
  selector: labelSelector,
  hostNetwork: z.boolean(),
  /** Of its pods; absent where they run as `default`. */
  serviceAccountName: z.string().optional(),
  nodeSelector: stringMap,
  /** `requiredDuringSchedulingIgnoredDuringExecution` terms: any term may hold, all its expressions must. */
  nodeAffinity: z.array(z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()) }))),
  tolerations: z.array(
    z.object({
      key: z.string().optional(),
      operator: z.string().optional(),
      value: z.string().optional(),
      effect: z.string().optional(),
    }),
  ),
  containers: z.array(
    z.object({
      name: z.string(),
      image: z.string(),
      init: z.boolean(),
      /** Literal values only; a value from a ConfigMap or a Secret is left out. */
      env: stringMap,
      args: z.array(z.string()),
      memoryLimit: z.string().optional(),
    }),
  ),
  maxUnavailable: z.string().optional(),
  generation: z.number(),
  observedGeneration: z.number(),
  desired: z.number(),
  current: z.number(),
  ready: z.number(),
  available: z.number(),
  updated: z.number(),
});
export type DaemonSet = z.infer<typeof daemonSet>;

export const deployment = z.object({
  namespace: z.string(),
  name: z.string(),
  labels: stringMap,
  ...ownership,
  selector: labelSelector,
  /** `spec.replicas`. */
  desired: z.number(),
  /** `status.replicas`: pods there are, of any template. */
  current: z.number(),
  ready: z.number(),
  available: z.number(),
  updated: z.number(),
  generation: z.number(),
  observedGeneration: z.number(),
  conditions: z.array(condition),
  maxUnavailable: z.string().optional(),
  maxSurge: z.string().optional(),
  /** What keeps its pods apart: topology spread constraints and pod anti-affinity, by the topology key that they spread over. */
  spread: z.array(z.object({ topologyKey: z.string(), by: z.enum(['spread', 'anti-affinity']), required: z.boolean() })),
  containers: z.array(
    z.object({
      name: z.string(),
      image: z.string(),
      init: z.boolean(),
      args: z.array(z.string()),
      memoryLimit: z.string().optional(),
    }),
  ),
});
export type Deployment = z.infer<typeof deployment>;

/** One of the ConfigMaps that checks read, whether the cluster has it or not. */
export const configMap = z.object({
  namespace: z.string(),
  name: z.string(),
  /** Absent where the cluster has no such ConfigMap, or it was not read. */
  data: stringMap.optional(),
  /** Keys whose values are longer than what is kept: none is kept in part. */
  omitted: z.array(z.string()),
  unread: z.string().optional(),
});
export type ConfigMap = z.infer<typeof configMap>;

export const service = z.object({
  namespace: z.string(),
  name: z.string(),
  labels: stringMap,
  selector: stringMap,
  type: z.string(),
  clusterIps: z.array(z.string()),
  ports: z.array(
    z.object({
      name: z.string().optional(),
      protocol: z.string(),
      port: z.number(),
      targetPort: z.union([z.number(), z.string()]).optional(),
    }),
  ),
});
export type Service = z.infer<typeof service>;

export const endpointSlice = z.object({
  namespace: z.string(),
  name: z.string(),
  /** Label `kubernetes.io/service-name`. */
  serviceName: z.string().optional(),
  addressType: z.string(),
  ports: z.array(z.object({ name: z.string().optional(), protocol: z.string(), port: z.number() })),
  endpoints: z.array(
    z.object({
      addresses: z.array(z.string()),
      ready: z.boolean(),
      nodeName: z.string().optional(),
      zone: z.string().optional(),
      target: z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() }).optional(),
    }),
  ),
});
export type EndpointSlice = z.infer<typeof endpointSlice>;

export const namespace = z.object({ name: z.string(), labels: stringMap });
export type Namespace = z.infer<typeof namespace>;

const networkPolicyPort = z.object({
  protocol: z.string(),
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
});
const networkPolicyPeer = z.object({
  podSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()) }).optional(),
});
const networkPolicyRule = z.object({ ports: z.array(networkPolicyPort), peers: z.array(networkPolicyPeer) });

/** networking.k8s.io/v1; empty `ports` or `peers` mean all, as in the API. */
export const networkPolicy = z.object({
  namespace: z.string(),
  name: z.string(),
  podSelector: labelSelector,
  /** As defaulted by the API server. */
  policyTypes: z.array(z.string()),
  ingress: z.array(networkPolicyRule),
  egress: z.array(networkPolicyRule),
});
export type NetworkPolicy = z.infer<typeof networkPolicy>;

/** crd.k8s.amazonaws.com/v1alpha1. */
export const eniConfig = z.object({ name: z.string(), subnet: z.string(), securityGroups: z.array(z.string()) });
export type EniConfig = z.infer<typeof eniConfig>;

/** vpcresources.k8s.aws/v1alpha1. */
export const cniNode = z.object({
  name: z.string(),
  features: z.array(z.object({ name: z.string(), value: z.string().optional() })),
});
export type CniNode = z.infer<typeof cniNode>;

/** vpcresources.k8s.aws/v1beta1. */
export const securityGroupPolicy = z.object({
  namespace: z.string(),
  name: z.string(),
  podSelector: labelSelector.optional(),
  serviceAccountSelector: labelSelector.optional(),
  groupIds: z.array(z.string()),
});
export type SecurityGroupPolicy = z.infer<typeof securityGroupPolicy>;

/** An object that is read whole, of a CNI or of a kind of policy: kept as the API gave it, less managed fields, and parsed by its reader. */
export const customResource = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  labels: stringMap,
  spec: z.unknown().optional(),
  /** Several rules in one object, as Cilium's policies may have them beside or instead of `spec`. */
  specs: z.array(z.unknown()).optional(),
  /** Many kinds have none. */
  status: z.unknown().optional(),
});
export type CustomResource = z.infer<typeof customResource>;
