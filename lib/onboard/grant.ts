/** One right that a collector declares, and whether cniwatch has it. */
export interface Grant {
  /** `ec2:DescribeSubnets`; of RBAC `list daemonsets.apps`, `get configmaps coredns in kube-system`. */
  readonly name: string;
  readonly kind: 'iam' | 'rbac';
  /** `untried` where nothing of this cluster made cniwatch use it. */
  readonly state: 'granted' | 'missing' | 'untried' | 'unknown';
  /** Why it is missing or unknown, one sentence. */
  readonly reason?: string;
}
