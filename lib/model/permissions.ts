/**
 * What a piece of code needs, declared beside it. infra composes roles from `aws`, onboarding composes a ClusterRole
 * from `kubernetes`, and an access-denied message names the entry that is missing.
 */
export interface Permissions {
  /** IAM actions, `service:Action`. Most EC2 Describe actions take no resource. */
  readonly aws: readonly AwsPermission[];
  readonly kubernetes: readonly KubernetesPermission[];
}

export interface AwsPermission {
  readonly action: string;
  /**
   * `member-role` is the roles of other accounts that the reader may assume.
   * `bucket/<pattern>` is the keys of cniwatch's own bucket that match; `table`, `event-bus`, `execution` (of its runs) and `queue` (of events to notify of)
   * are its own too. `topic` and `secret` are those that the targets of notifications name.
   * `*` where AWS offers no narrower resource for the action (service authorization reference).
   */
  readonly resource:
    | 'cluster'
    | 'member-role'
    | 'nodegroup'
    | 'addon'
    | 'bucket'
    | `bucket/${string}`
    | 'table'
    | 'event-bus'
    | 'execution'
    | 'queue'
    | 'topic'
    | 'secret'
    | '*';
  /** Condition keys that must match these values (`*` is any text): how AWS narrows an action further than its resource. */
  readonly conditions?: Readonly<Record<string, string>>;
}

export interface KubernetesPermission {
  /** `''` is the core group. */
  readonly apiGroup: string;
  readonly resources: readonly string[];
  /** Objects of these names alone, in whatever namespace: RBAC can narrow `get` so, and not `list`. */
  readonly resourceNames?: readonly string[];
  /** In this namespace alone (a Role), where not in all of them (a ClusterRole). */
  readonly namespace?: string;
  /** Only opt-in sources write, and remediations. */
  readonly verbs: readonly ('get' | 'list' | 'create' | 'patch' | 'delete')[];
}
