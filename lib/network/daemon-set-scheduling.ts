import type { DaemonSet, Node } from '#lib/model/kubernetes.ts';

/**
 * Taints that the controller lets every DaemonSet pod tolerate.
 * Source: Kubernetes documentation, "DaemonSet", section "Taints and tolerations".
 */
const ALWAYS_TOLERATED: ReadonlySet<string> = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/unschedulable',
]);

/** Whether the controller keeps a pod of this DaemonSet on this node: node selector, required affinity and taints. */
export function schedulesOn(daemonSet: DaemonSet, node: Node): boolean {
  return (
    Object.entries(daemonSet.nodeSelector).every(([key, value]) => node.labels[key] === value) &&
    (daemonSet.nodeAffinity.length === 0 || daemonSet.nodeAffinity.some((term) => termMatches(term, node.labels))) &&
    node.taints.every((taint) => tolerates(daemonSet, taint))
  );
}

type Term = DaemonSet['nodeAffinity'][number];

/** A term without expressions matches no node. Source: Kubernetes API reference, NodeSelectorTerm. */
function termMatches(term: Term, labels: Node['labels']): boolean {
  return term.length > 0 && term.every((expression) => expressionMatches(expression, labels[expression.key]));
}

function expressionMatches({ operator, values }: Term[number], label: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    case 'Gt':
      return label !== undefined && Number(label) > Number(values[0]);
    case 'Lt':
      return label !== undefined && Number(label) < Number(values[0]);
    default:
      return false;
  }
}

/** `PreferNoSchedule` keeps no DaemonSet pod away. */
function tolerates({ tolerations, hostNetwork }: DaemonSet, taint: Node['taints'][number]): boolean {
  if (taint.effect === 'PreferNoSchedule' || ALWAYS_TOLERATED.has(taint.key)) return true;
  if (hostNetwork && taint.key === 'node.kubernetes.io/network-unavailable') return true;
  return tolerations.some(
    ({ key, operator = 'Equal', value = '', effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      (key === undefined || key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === (taint.value ?? '')),
  );
}

/**
 * Nodes on which the agent of a CNI has no place: AWS connects their pods, or the agents are made for Linux.
 * Source: amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml, the node affinity of aws-node.
 */
export function takesCniAgent({ labels, operatingSystem }: Node): boolean {
  const computeType = labels['eks.amazonaws.com/compute-type'];
  return computeType !== 'fargate' && computeType !== 'auto' && operatingSystem !== 'windows';
}

/**
 * Pods that a rolling update may take down at a time; a percentage is rounded up. The API server always fills it in for a rolling
 * update: without it, pods are replaced only when somebody deletes them.
 */
export function maxUnavailable({ maxUnavailable: setting, desired }: DaemonSet): number {
  const number = Number.parseInt(setting ?? '0', 10);
  if (!Number.isFinite(number)) return 0;
  return setting?.endsWith('%') ? Math.ceil((desired * number) / 100) : number;
}
