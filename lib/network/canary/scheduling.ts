/** Taints of nodes whose network is not there, or that are not ready. Source: Kubernetes documentation, "Taints and Tolerations"; Cilium documentation, "Considerations on Node Pool Taints". */
const NOT_READY = /node\.kubernetes\.io\/(not-ready|unreachable|network-unavailable)|node\.cilium\.io\/agent-not-ready/;

/** EKS's taint of nodes that are for one Fargate pod each. */
const FARGATE = /eks\.amazonaws\.com\/compute-type/;

/** Whether the scheduler turned down every node for not being ready. */
export const allNotReady = (message: string): boolean => allFor(NOT_READY, message);
/** Whether there are none but Fargate's, which take no pod without a profile. */
export const allFargate = (message: string): boolean => allFor(FARGATE, message);

/**
 * Whether every node was turned down for one kind of reason, by the scheduler's message: `0/3 nodes are available: 3 node(s) had untolerated
 * taint {node.kubernetes.io/not-ready: }. preemption: ...`.
 * Source: kubernetes/kubernetes pkg/scheduler/framework/types.go, FitError.Error.
 */
function allFor(pattern: RegExp, message: string): boolean {
  const [, all = '', reasons = ''] = /^0\/(\d+) nodes are available: (.*?)(\. preemption:|\.? ?$)/.exec(message) ?? [];
  const counted = reasons.split(', ').filter(Boolean);
  const fitting = counted.filter((reason) => pattern.test(reason));
  const nodes = fitting.reduce((sum, reason) => sum + Number(/^\d+/.exec(reason)?.[0] ?? 0), 0);
  return Number(all) > 0 && nodes >= Number(all);
}
