import type { PodClass, SelectingPolicy } from '#lib/network/policy/classes.ts';
import type { PolicyDoubt, PolicySide, SideDecision } from '#lib/network/policy/decision.ts';
import { mayIsolate } from '#lib/network/policy/doubts.ts';

/** What becomes of a pod that no policy isolates in this direction: it is open, but where something denies by default. */
export function byDefault(side: PolicySide, { enforcement, policies }: PodClass): SideDecision {
  if (enforcement === 'denied-until-selected') return unlessSelected(side, policies);
  if (typeof enforcement === 'string') return { verdict: 'allowed', passage: { by: 'no-policy' } };
  if (enforcement.kind === 'default-unknown') return unknown(side, enforcement.reason);
  const { nodeClass } = enforcement;
  if (policies.length === 0) return { verdict: 'denied', block: { side, isolatedBy: [], nodeClass } };
  return unknown(
    side,
    `NodeClass ${nodeClass} denies by default, and no document says whether a policy for ${OTHER[side]} ends that`,
  );
}

const OTHER: Readonly<Record<PolicySide, PolicySide>> = { egress: 'ingress', ingress: 'egress' };

/** In the VPC CNI's strict mode a policy of either direction ends the denial of both. */
function unlessSelected(side: PolicySide, policies: readonly SelectingPolicy[]): SideDecision {
  if (policies.some(({ selects }) => selects === true)) return { verdict: 'allowed', passage: { by: 'no-policy' } };
  const doubts = mayIsolate(side, policies);
  return doubts.length > 0 ? { verdict: 'unknown', because: doubts } : { verdict: 'denied', block: { side, isolatedBy: [] } };
}

/**
 * What policies decide, as it holds where it is not certain that they are enforced: what they forbid happens perhaps; but what a
 * NodeClass denies by default stays denied without them, so that there what they allow is open perhaps.
 */
export function asEnforced(side: PolicySide, { enforcement }: PodClass, decision: SideDecision): SideDecision {
  if (enforcement === 'uncertain' && decision.verdict === 'denied') {
    const { isolatedBy } = decision.block;
    return {
      verdict: 'unknown',
      because: isolatedBy.map((policy): PolicyDoubt => ({ kind: 'policy', side, policy, doubt: 'enforcement' })),
    };
  }
  if (typeof enforcement === 'string') return decision;
  if (decision.verdict === 'denied' && enforcement.kind === 'default-deny') {
    return { verdict: 'denied', block: { ...decision.block, nodeClass: enforcement.nodeClass } };
  }
  if (decision.verdict !== 'allowed' || enforcement.policiesReach) return decision;
  const denies =
    enforcement.kind === 'default-deny' ? `NodeClass ${enforcement.nodeClass} denies by default` : enforcement.reason;
  return unknown(side, `${denies}; and ${NOT_HANDED}`);
}

/** Source: Amazon EKS User Guide, "Use Network Policies with EKS Auto Mode", on the ConfigMap that switches the controller on. */
const NOT_HANDED =
  "no policy is known to open that, since enable-network-policy-controller is not seen to be 'true' in ConfigMap kube-system/amazon-vpc-cni";

function unknown(side: PolicySide, reason: string): SideDecision {
  return { verdict: 'unknown', because: [{ kind: 'default', side, reason }] };
}
