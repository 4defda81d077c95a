import type {
  Instance,
  InstanceType,
  NetworkAcl,
  NetworkInterface,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  SubnetCidrReservation,
  Vpc,
} from '#lib/model/ec2.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';

/**
 * Everything that the sandbox serves: one account in one Region. EC2's objects are cniwatch's own reduced shapes (the answers hold
 * what cniwatch reads); EKS's and Kubernetes' objects are in their APIs' own JSON shapes.
 */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly vpcs: readonly Vpc[];
  /** `availableIpAddressCount` is computed from the interfaces on every answer. */
  readonly subnets: readonly Subnet[];
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly instances: readonly Instance[];
  /** Types beside those of the shipped table. */
  readonly instanceTypes: readonly InstanceType[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly securityGroupRules: readonly WorldSecurityGroupRule[];
  readonly networkAcls: readonly NetworkAcl[];
  readonly subnetCidrReservations: readonly SubnetCidrReservation[];
  /** One without `cidrs` belongs to another account and cannot be read. */
  readonly prefixLists: readonly PrefixList[];
  /** What Auto Scaling groups could not do. */
  readonly scalingActivities: readonly ScalingActivity[];
  /** Quotas that were raised, or lowered by the test, by code. */
  readonly quotas: Readonly<Record<string, number>>;
  /** What CloudWatch has of the time before the sandbox started. */
  readonly metricHistory: readonly MetricSeries[];
  /** Addresses by subnet that are taken, by interfaces that the world does not hold: less than none where more are free than should. */
  readonly unseenAddresses?: Readonly<Record<string, number>>;
  readonly clusters: readonly WorldCluster[];
}

/** With what only writers look at. */
export interface WorldSecurityGroupRule extends SecurityGroupRule {
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** One metric over time, as it was published. */
export interface MetricSeries {
  readonly namespace: string;
  readonly name: string;
  readonly unit?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `at` is ISO 8601; in any order. */
  readonly points: readonly { readonly at: string; readonly value: number }[];
}

export interface WorldCluster {
  readonly name: string;
  /** DescribeCluster's `cluster`, less endpoint and certificateAuthority, which the sandbox adds. */
  readonly eks: JsonObject;
  /** DescribeNodegroup's `nodegroup`, by name. */
  readonly nodegroups: Readonly<Record<string, JsonObject>>;
  /** DescribeAddon's `addon`, by name. */
  readonly addons: Readonly<Record<string, JsonObject>>;
  /** DescribeInsight's `insight`, by id. */
  readonly insights?: Readonly<Record<string, JsonObject>>;
  readonly kubernetes: readonly KubernetesResource[];
  /** Access entries that are there from the beginning; `policies` are the ARNs of those associated. */
  readonly accessEntries?: readonly {
    readonly principalArn: string;
    readonly kubernetesGroups: readonly string[];
    readonly type?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly policies?: readonly string[];
  }[];
  /** Kinds that the cluster's RBAC refuses, by plural name, or `pods.metrics.k8s.io` where several groups have it; `create pods` and `delete pods` refuse that alone. */
  readonly forbidden?: readonly string[];
  /** Rights that RBAC refuses to a service account, by namespace and name: `list pods`, `watch ciliumnodes.cilium.io`, `patch nodes/status`. */
  readonly refusedTo?: Readonly<Record<string, readonly string[]>>;
  /** What becomes of objects that are created, the first that fits: the sandbox has no kubelet and no agents. */
  readonly reactions?: readonly Reaction[];
  /** What pods answer behind the API server's proxy: text by `<namespace>/<name>:<port>/<path>`. */
  readonly proxied?: Readonly<Record<string, string>>;
  /** What commands do in containers that run, by `<namespace>/<name>: <command>`; they find no other command. */
  readonly executed?: Readonly<Record<string, Execution>>;
}

/** A command that ends well, unless it is said otherwise. */
export interface Execution {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** What a kubelet or an agent would make of a created object. Without one it stays as it was created. */
export interface Reaction {
  readonly kind: string;
  /** Labels that the object has to have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The node that it has to be for: `spec.nodeName` or the only node of a pod's affinity, `spec.node` of a CalicoNodeStatus. */
  readonly node?: string;
  /**
   * Merged into the object one after the other; `afterMs` counts from its creation. `{ secondsAfter: 3 }` stands for the time that is
   * three seconds after its creation.
   */
  readonly steps: readonly { readonly afterMs: number; readonly merge: JsonObject }[];
  /** What its container writes: the pod's log from the first step on. */
  readonly log?: string;
  /** Warnings about it, from its creation on. */
  readonly events?: readonly { readonly reason: string; readonly message: string }[];
}

/** One kind that the API server serves, and its objects; an empty list is a kind that is installed and unused. */
export interface KubernetesResource {
  /** `v1`, `apps/v1`, ... */
  readonly apiVersion: string;
  readonly kind: string;
  /** The plural name in paths. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly items: readonly KubernetesObject[];
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface KubernetesObject extends JsonObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly uid?: string;
  };
}
