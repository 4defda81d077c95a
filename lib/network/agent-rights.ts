import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { agentContainer, type Cni, type CniKind } from '#lib/network/cni.ts';
import { enforcesPolicies } from '#lib/network/cni-releases/vpc-cni-features.ts';

/** Something that an agent does at the API server, in all namespaces. */
export interface AgentRight {
  /** Groups that may serve the resource: to have the right in one of them is enough. */
  readonly apiGroups: readonly string[];
  /** Plural, with its subresource: `nodes/status`. */
  readonly resource: string;
  readonly verb: string;
  /** What fails without it, as a clause. */
  readonly without: string;
  /** Whether pods lose their network sooner or later; otherwise the agent only tells less. */
  readonly vital: boolean;
}

interface Row {
  readonly kind: CniKind;
  readonly apiGroups?: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly without: string;
  readonly vital?: false;
  /** Only where a feature is on that asks for it. */
  readonly when?: (daemonSet: DaemonSet) => boolean;
}

const READ = ['get', 'list', 'watch'] as const;
const FOLLOW = ['list', 'watch'] as const;
const CALICO = ['crd.projectcalico.org', 'projectcalico.org'] as const;

const isOn =
  (kind: CniKind, name: string) =>
  ({ containers }: DaemonSet): boolean => {
    const agent = containers.find((container) => !container.init && container.name === agentContainer(kind));
    return /^(?:1|t|true|kubernetes)$/i.test(agent?.env[name] ?? '');
  };
const keepsInKubernetes = isOn('calico', 'DATASTORE_TYPE');
const asksKubernetes = ({ containers }: DaemonSet): boolean =>
  containers.some(({ args }) => args.some((arg) => /^--?kube-subnet-mgr(=true)?$/.test(arg)));

/**
 * What all versions in use need, less than what their ClusterRoles grant: a right that only some versions use would be a false alarm.
 * Sources: amazon-vpc-cni-k8s charts/aws-vpc-cni/templates/clusterrole.yaml and aws-network-policy-agent controllers (kubebuilder:rbac);
 * cilium install/kubernetes/cilium/templates/cilium-agent/clusterrole.yaml; calico charts/calico/templates/calico-node-rbac.yaml;
 * flannel Documentation/kube-flannel.yml.
 */
const ROWS: readonly Row[] = [
  { kind: 'vpc-cni', resources: ['nodes', 'pods'], verbs: READ, without: 'ipamd does not start' },
  {
    kind: 'vpc-cni',
    apiGroups: ['crd.k8s.amazonaws.com'],
    resources: ['eniconfigs'],
    verbs: READ,
    without: 'custom networking attaches no interface',
    when: isOn('vpc-cni', 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG'),
  },
  {
    kind: 'vpc-cni',
    apiGroups: ['vpcresources.k8s.aws'],
    resources: ['cninodes'],
    verbs: ['get', 'patch'],
    without: 'no trunk interface is asked for, so that pods with security groups of their own stay pending',
    when: isOn('vpc-cni', 'ENABLE_POD_ENI'),
  },
  {
    kind: 'vpc-cni',
    resources: ['pods'],
    verbs: ['patch'],
    without: 'pods are not annotated with their address',
    vital: false,
    when: isOn('vpc-cni', 'ANNOTATE_POD_IP'),
  },
  {
    kind: 'vpc-cni',
    apiGroups: ['networking.k8s.aws'],
    resources: ['policyendpoints'],
    verbs: READ,
    without: 'network policies are not enforced, or stay as they were',
    when: enforcesPolicies,
  },
  { kind: 'vpc-cni', resources: ['events'], verbs: ['create'], without: 'ipamd tells of no missing IAM action', vital: false },
  {
    kind: 'cilium',
    resources: ['nodes', 'pods', 'namespaces', 'services'],
    verbs: READ,
    without: 'the agent does not start',
  },
  {
    kind: 'cilium',
    apiGroups: ['discovery.k8s.io'],
    resources: ['endpointslices'],
    verbs: FOLLOW,
    without: 'Services are not followed',
  },
  {
    kind: 'cilium',
    apiGroups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    verbs: FOLLOW,
    without: 'the agent does not start',
  },
  { kind: 'cilium', apiGroups: ['cilium.io'], resources: ['ciliumnodes'], verbs: FOLLOW, without: 'other nodes are not reached' },
  {
    kind: 'cilium',
    apiGroups: ['cilium.io'],
    resources: ['ciliumnodes'],
    verbs: ['get', 'create', 'update'],
    without: 'the node gets no addresses',
  },
  {
    kind: 'cilium',
    apiGroups: ['cilium.io'],
    resources: ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies'],
    verbs: FOLLOW,
    without: "Cilium's policies are not followed",
  },
  { kind: 'calico', resources: ['nodes', 'pods', 'namespaces'], verbs: ['get'], without: 'the agent does not start' },
  { kind: 'calico', resources: ['nodes/status'], verbs: ['patch'], without: 'a new node stays NetworkUnavailable' },
  {
    kind: 'calico',
    resources: ['pods', 'namespaces', 'serviceaccounts', 'nodes'],
    verbs: FOLLOW,
    without: 'policies are not enforced on new pods',
    when: keepsInKubernetes,
  },
  {
    kind: 'calico',
    apiGroups: ['networking.k8s.io'],
    resources: ['networkpolicies'],
    verbs: FOLLOW,
    without: 'NetworkPolicies are not followed',
    when: keepsInKubernetes,
  },
  {
    kind: 'calico',
    apiGroups: CALICO,
    resources: ['ippools', 'felixconfigurations', 'bgpconfigurations', 'bgppeers', 'globalnetworkpolicies', 'networkpolicies'],
    verbs: FOLLOW,
    without: 'the agent does not follow its own configuration, policies and peers',
    when: keepsInKubernetes,
  },
  { kind: 'flannel', resources: ['nodes'], verbs: FOLLOW, without: 'other nodes are not reached', when: asksKubernetes },
  {
    kind: 'flannel',
    resources: ['nodes/status'],
    verbs: ['patch'],
    without: 'the node does not tell others how it is reached',
    when: asksKubernetes,
  },
];

/** What the agents of this DaemonSet need, by the features that are on. */
export function rightsOf({ kind, daemonSet }: Pick<Cni, 'kind' | 'daemonSet'>): readonly AgentRight[] {
  return ROWS.filter((row) => row.kind === kind && (row.when?.(daemonSet) ?? true)).flatMap(
    ({ apiGroups = [''], resources, verbs, without, vital = true }) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ apiGroups, resource, verb, without, vital }))),
  );
}

/** Whose rights they are. Source: Kubernetes documentation, "Service Accounts": a pod that names none runs as `default`. */
export function agentAccount({ namespace, serviceAccountName = 'default' }: DaemonSet): {
  readonly namespace: string;
  readonly serviceAccount: string;
} {
  return { namespace, serviceAccount: serviceAccountName };
}
