import type { Pod } from '#lib/model/kubernetes.ts';

/** What a pod is one of: its controller, or the pod itself where it has none. */
export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A ReplicaSet is named after its Deployment and the hash of its template. Source: Kubernetes documentation, "Deployments". */
export function workloadOf({ namespace, name, owner, labels }: Pod): Workload {
  if (owner === undefined) return { kind: 'Pod', namespace, name };
  const suffix = `-${labels['pod-template-hash']}`;
  const ofDeployment = owner.kind === 'ReplicaSet' && owner.name.endsWith(suffix);
  return ofDeployment
    ? { kind: 'Deployment', namespace, name: owner.name.slice(0, -suffix.length) }
    : { kind: owner.kind, namespace, name: owner.name };
}
