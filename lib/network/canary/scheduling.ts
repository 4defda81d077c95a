/** Taints of nodes whose network is not there, or that are not ready. Source: Kubernetes documentation, "Taints and Tolerations"; Cilium documentation, "Considerations on Node Pool Taints". */
const NOT_READY = /node\.kubernetes\.io\/(not-ready|unreachable|network-unavailable)|node\.cilium\.io\/agent-not-ready/;

/**
 * Whether the scheduler turned down every node for not being ready, by its message: `0/3 nodes are available: 3 node(s) had untolerated
 * taint {node.kubernetes.io/not-ready: }. preemption: ...`.
 * Source: kubernetes/kubernetes pkg/scheduler/framework/types.go, FitError.Error.
 */
export function allNotReady(message: string): boolean {
  const [, all = '', reasons = ''] = /^0\/(\d+) nodes are available: (.*?)(\. preemption:|\.? ?$)/.exec(message) ?? [];
  const counted = reasons.split(', ').filter(Boolean);
  const notReady = counted.filter((reason) => NOT_READY.test(reason));
  const nodes = notReady.reduce((sum, reason) => sum + Number(/^\d+/.exec(reason)?.[0] ?? 0), 0);
  return Number(all) > 0 && nodes >= Number(all);
}
