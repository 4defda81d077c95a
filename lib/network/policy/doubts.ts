import type { SelectingPolicy } from '#lib/network/policy/classes.ts';
import type { PolicyDoubt, PolicySide } from '#lib/network/policy/decision.ts';
import type { Doubt } from '#lib/network/policy/match.ts';

/** Policies that select the pod perhaps. */
export function mayIsolate(side: PolicySide, policies: readonly SelectingPolicy[]): PolicyDoubt[] {
  return policies.flatMap((policy) => (policy.selects === true ? [] : [doubtOf(side, policy, true)]));
}

/** A rule that matches is in doubt where it is not certain that its policy selects the pod. */
export function doubtOf(side: PolicySide, { compiled, selects }: SelectingPolicy, match: true | Doubt): PolicyDoubt {
  const doubt = match === true ? selects : match;
  return { kind: 'policy', side, policy: compiled.ref, doubt: doubt === true ? 'unreadable' : doubt };
}
