import type { PolicyBlock, PolicyDoubt, PolicyRef } from '#lib/network/policy/decision.ts';
import type { Doubt } from '#lib/network/policy/match.ts';

/** `NetworkPolicy shop/default-deny`; without a namespace where the kind has none. */
export function policyName({ kind, namespace, name }: PolicyRef): string {
  return `${kind} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** `NetworkPolicy shop/a and shop/b, CiliumNetworkPolicy shop/c`: each kind once. */
export function policyNames(refs: readonly PolicyRef[]): string {
  const byKind = Map.groupBy(refs, ({ kind }) => kind);
  return [...byKind]
    .map(([kind, same]) => `${kind} ${[...new Set(same.map((ref) => policyName(ref).slice(kind.length + 1)))].join(' and ')}`)
    .join(', ');
}

const DOUBTS: Readonly<Record<Doubt, string>> = {
  unreadable: 'holds a selector, a CIDR or a peer that this cniwatch cannot read',
  'namespace-labels': 'selects namespaces by labels that were not read',
  'host-network': 'selects pods, and plugins differ in whether that matches pods on the host network',
  'no-address': 'has an ipBlock, and the pod has no address of this family',
  'init-container-port': "names the port of an init container, which plugins resolve or don't",
  enforcement: 'forbids it, and the VPC CNI may not enforce policies on a pod without an owner',
  'not-evaluated': 'could change the answer, and is of a kind or shape that is not evaluated',
};

const SLICES = { networkPolicies: 'NetworkPolicies', policyResources: 'policies of other kinds' } as const;

/** A clause a doubt: who leaves the answer open, and why. */
export function policyDoubtText(doubt: PolicyDoubt): string {
  switch (doubt.kind) {
    case 'unread':
      return doubt.kinds === undefined
        ? `${SLICES[doubt.slice]} were not read`
        : `policies of the kind ${doubt.kinds.join(' and ')} were not read`;
    case 'default':
      return doubt.reason;
    case 'policy':
      return `${policyName(doubt.policy)} ${DOUBTS[doubt.doubt]}`;
  }
}

/** `NodeClass strict (networkPolicy: DefaultDeny)`: what denies by default. */
export function defaultDenier({ nodeClass }: Pick<PolicyBlock, 'nodeClass'>): string {
  return nodeClass === undefined ? "the VPC CNI's strict mode" : `NodeClass ${nodeClass} (networkPolicy: DefaultDeny)`;
}
