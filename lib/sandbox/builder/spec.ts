import type { NetworkAcl } from '#lib/model/ec2.ts';
import type { Reservation } from '#lib/sandbox/allocate.ts';
import type { FailedLaunchSpec } from '#lib/sandbox/builder/failed-launches.ts';
import type { JsonObject, MetricSeries } from '#lib/sandbox/world.ts';

/** What a world is made of, in the words of the people who run one. `buildWorld` turns it into objects. */
export interface WorldSpec {
  readonly account: string;
  readonly region: string;
  readonly now: Date;
  readonly vpcs: readonly VpcSpec[];
  /** Service quotas that are not AWS's default, by code. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** What CloudWatch remembers. */
  readonly metricHistory?: readonly MetricSeries[];
}

export interface VpcSpec {
  readonly name: string;
  readonly cidrs: readonly string[];
  /** The account that shares its subnets with this one; its own and other participants' interfaces cannot be seen. */
  readonly sharedBy?: string;
  readonly subnets: readonly SubnetSpec[];
  readonly securityGroups?: readonly SecurityGroupSpec[];
  /** Entries of subnets that have an ACL of their own, by the subnet's name. The others have the VPC's, which lets everything through. */
  readonly networkAcls?: Readonly<Record<string, NetworkAcl['entries']>>;
  readonly clusters: readonly ClusterSpec[];
}

export interface SubnetSpec {
  readonly name: string;
  readonly cidr: string;
  /** The zone's letter. */
  readonly zone: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** A /64, for clusters of IPv6. */
  readonly ipv6Cidr?: string;
  /** What else lives here. */
  readonly tenants?: readonly TenantSpec[];
  readonly reservations?: readonly Reservation[];
  /** Addresses that are left at the end: instances of other systems hold what the clusters do not. */
  readonly free?: number;
  /** Free addresses that it lost in each hour of the last two weeks, as the metrics of cniwatch tell. */
  readonly losesPerHour?: number;
}

/**
 * Interfaces of other services, made before any node. Those that are `spread` come once the nodes hold what they need, one address
 * in each block of sixteen that is still wholly free, `count` at the most: what fragments a subnet.
 */
export interface TenantSpec {
  readonly kind: 'lambda' | 'load-balancer' | 'vpc-endpoint' | 'nat-gateway' | 'instance';
  readonly count: number;
  readonly spread?: boolean;
  /** Of another account that takes part in a shared VPC: this one cannot see them. */
  readonly account?: string;
}

export interface SecurityGroupSpec {
  readonly name: string;
  /** Rules by name of another group of the VPC (or of a cluster: `cluster:<name>`), or by CIDR. Egress to everywhere by default. */
  readonly ingress: readonly RuleSpec[];
  readonly egress?: readonly RuleSpec[];
}

export interface RuleSpec {
  readonly protocol: string;
  readonly from?: number;
  readonly to?: number;
  readonly group?: string;
  readonly cidr?: string;
}

export interface ClusterSpec {
  readonly name: string;
  readonly version?: string;
  /** Where the control plane's own interfaces live. */
  readonly controlPlaneSubnets: readonly string[];
  readonly nodegroups: readonly NodegroupSpec[];
  readonly cniVersion?: string;
  /** On top of the manifest's environment of aws-node. */
  readonly cniEnv?: Readonly<Record<string, string>>;
  /** What the add-on's configurationValues say, where that is not what aws-node runs with. */
  readonly addonEnv?: Readonly<Record<string, string>>;
  readonly ipFamily?: 'ipv4' | 'ipv6';
  /** Custom networking: subnet and security groups by the ENIConfig's name. Ids of what is not there any more are taken as they are. */
  readonly eniConfigs?: Readonly<Record<string, { readonly subnet: string; readonly securityGroups: readonly string[] }>>;
  /** Nodes, by ordinal over all groups, whose agent is in a crash loop: their pods that are not up yet wait for a network. */
  readonly crashingAgents?: readonly number[];
  /** Pods that wait for a network on each node of a crashing agent. */
  readonly waitingPodsPerNode?: number;
  /** Interfaces that the CNI left behind when nodes went. */
  readonly leakedEnis?: readonly LeakSpec[];
  /** Security groups of pods, by the name of their SecurityGroupPolicy. */
  readonly securityGroupPolicies?: Readonly<Record<string, readonly string[]>>;
  /** Pods on Fargate, going round these subnets. */
  readonly fargate?: { readonly subnets: readonly string[]; readonly count: number };
  /** Karpenter's limits of its NodePools, by name. */
  readonly nodePools?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The `spec` of EKS Auto Mode's NodeClasses, by name; `default`, which sets nothing, where its nodes have no other. */
  readonly nodeClasses?: Readonly<Record<string, JsonObject>>;
  /** Nodes that Karpenter could not start: the NodePool, and the Launched condition's message. */
  readonly failedClaims?: readonly { readonly nodePool: string; readonly reason: string; readonly message: string }[];
  /** Whether network policies are enforced, as EKS has it only where somebody switched it on: in the VPC CNI, or for Auto Mode. */
  readonly enforcesNetworkPolicies?: boolean;
  /** NetworkPolicies, their `spec` as in a manifest. */
  readonly networkPolicies?: readonly { readonly namespace: string; readonly name: string; readonly spec: JsonObject }[];
  /** What nodes report of themselves, by ordinal over all groups. */
  readonly nodeTroubles?: readonly NodeTroubleSpec[];
  /** Lets each agent answer for its metrics; what it counted besides, on each node. */
  readonly ipamdCounters?: Readonly<Record<string, number>>;
  /** Over the upgrade insights, which all pass, and beside them. */
  readonly insights?: readonly InsightSpec[];
  /** Lets pods look at nodes, in a namespace of their own; what they find on some of them, by ordinal over all groups. */
  readonly nodeFiles?: Readonly<Record<number, NodeFilesSpec>>;
  /** What each agent uses, in MiB, and some of them by ordinal over all groups. Without it no metrics server is registered. */
  readonly agentMebibytes?: { readonly each: number; readonly of?: Readonly<Record<number, number>> };
}

/** What EKS says of one of its own checks; what it says of nothing passes. */
export interface InsightSpec {
  readonly name: string;
  readonly category?: 'UPGRADE_READINESS' | 'MISCONFIGURATION';
  readonly status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN';
  readonly reason: string;
  readonly recommendation?: string;
  /** Kubernetes URIs that do not pass. */
  readonly resources?: readonly string[];
}

/** What is on a node, where that is not what every node of the VPC CNI has. */
export interface NodeFilesSpec {
  /** Instead of 10-aws.conflist: contents by name, or why one cannot be read. */
  readonly config?: Readonly<
    Record<string, string | { readonly mode?: string; readonly unread: 'refused' | 'dangling' | 'outside' | 'special' }>
  >;
  /** Instead of those of the VPC CNI. */
  readonly binaries?: readonly string[];
  /** Servers by the path below /etc/cni/net.d. */
  readonly kubeconfigs?: Readonly<Record<string, string>>;
  /** Whether the BPF file system is mounted. */
  readonly bpf?: boolean;
  readonly defaultRoute?: boolean;
  /** Further lines of the probe: links, routes, neighbours. */
  readonly overlay?: readonly string[];
  /** What becomes of a pod that is to look, instead of its end: a `status`. */
  readonly podStatus?: JsonObject;
}

export interface LeakSpec {
  readonly subnet: string;
  readonly count: number;
  readonly ageHours: number;
  /** False: the CNI ran without CLUSTER_NAME, and nothing tells whose they are. */
  readonly namesCluster?: boolean;
}

/** A node condition (of the kubelet, or of the node monitoring agent) and an event on the node. */
export interface NodeTroubleSpec {
  readonly node: number;
  readonly condition?: {
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: string;
    readonly message: string;
  };
  readonly event?: { readonly reason: string; readonly message: string };
}

export interface NodegroupSpec {
  readonly name: string;
  readonly instanceType: string;
  readonly count: number;
  /** Nodes go round these subnets. */
  readonly subnets: readonly string[];
  /** Running pods that have an address of their own, on each node. */
  readonly podsPerNode: number;
  readonly maxPods: number;
  /** Who starts its nodes; EKS by default. `auto-mode` nodes bring their own CNI. */
  readonly startedBy?: 'eks' | 'own-auto-scaling-group' | 'karpenter' | 'auto-mode';
  /** Of `auto-mode` nodes; `default` by default. */
  readonly nodeClass?: string;
  /** AL2023 of EKS's own by default. */
  readonly ami?: 'al2023' | 'bottlerocket' | 'custom-al2023' | 'windows';
  /** The group's upper end; twice its count by default. */
  readonly maxCount?: number;
  /** Running pods with security groups of their own, on each node; the first SecurityGroupPolicy's. */
  readonly securityGroupPods?: number;
  /** Single addresses that pods kept when prefix delegation was switched on under them. */
  readonly addressesFromBefore?: number;
  /** Nodes that did not start. */
  readonly failedLaunches?: readonly FailedLaunchSpec[];
}
