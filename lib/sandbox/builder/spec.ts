import type { Reservation } from '#lib/sandbox/allocate.ts';

/** What a world is made of, in the words of the people who run one. `buildWorld` turns it into objects. */
export interface WorldSpec {
  readonly account: string;
  readonly region: string;
  readonly now: Date;
  readonly vpcs: readonly VpcSpec[];
}

export interface VpcSpec {
  readonly name: string;
  readonly cidrs: readonly string[];
  readonly subnets: readonly SubnetSpec[];
  readonly securityGroups?: readonly SecurityGroupSpec[];
  readonly clusters: readonly ClusterSpec[];
}

export interface SubnetSpec {
  readonly name: string;
  readonly cidr: string;
  /** The zone's letter. */
  readonly zone: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** What else lives here. */
  readonly tenants?: readonly TenantSpec[];
  readonly reservations?: readonly Reservation[];
  /** Addresses that are left at the end: instances of other systems hold what the clusters do not. */
  readonly free?: number;
}

/**
 * Interfaces of other services, made before any node. Those that are `spread` come once the nodes hold what they need, one address
 * in each block of sixteen that is still wholly free, `count` at the most: what fragments a subnet.
 */
export interface TenantSpec {
  readonly kind: 'lambda' | 'load-balancer' | 'vpc-endpoint' | 'nat-gateway' | 'instance';
  readonly count: number;
  readonly spread?: boolean;
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
  /** Custom networking: subnet and security groups by the ENIConfig's name. */
  readonly eniConfigs?: Readonly<Record<string, { readonly subnet: string; readonly securityGroups: readonly string[] }>>;
  /** Nodes, by ordinal over all groups, whose agent is in a crash loop: their pods that are not up yet wait for a network. */
  readonly crashingAgents?: readonly number[];
  /** Pods that wait for a network on each node of a crashing agent. */
  readonly waitingPodsPerNode?: number;
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
}
