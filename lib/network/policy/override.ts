import type { CustomResource } from '#lib/model/kubernetes.ts';
import type { PolicyDoubt, PolicyRef, PolicySide, SideDecision } from '#lib/network/policy/decision.ts';
import type { Match } from '#lib/network/policy/match.ts';
import type { LabelRead, Labels } from '#lib/network/policy/selectors.ts';

/** A pod as policies of any kind select it. */
export interface OverrideSubject {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  readonly hostNetwork: boolean;
}

/** A policy of a kind that is not evaluated: whom it may select, and what it could change there. */
export interface PolicyOverride {
  readonly ref: PolicyRef;
  /**
   * `overrides`: anything. `adds`: it allows more and isolates more, and takes back nothing that a NetworkPolicy allows.
   * `defaults`: only what no NetworkPolicy decides.
   */
  readonly power: 'overrides' | 'adds' | 'defaults';
  readonly egress: boolean;
  readonly ingress: boolean;
  /** Of the labels of pods. */
  readonly podReads: readonly LabelRead[];
  readonly selects: (subject: OverrideSubject) => Match;
}

export function overrideRef({ kind, apiVersion, namespace, name }: CustomResource): PolicyRef {
  const full = kind === 'NetworkPolicy' ? `${kind}.${apiVersion.split('/', 1)[0]}` : kind;
  return { kind: full, ...(namespace === undefined ? {} : { namespace }), name };
}

/** Leaves of a decision what these policies cannot change, and makes the rest unknown. */
export function withOverrides(side: PolicySide, decision: SideDecision, overrides: readonly PolicyOverride[]): SideDecision {
  const changing = overrides.filter((override) => override[side] && changes(override.power, decision));
  if (changing.length === 0) return decision;
  const because = changing.map(({ ref }): PolicyDoubt => ({ kind: 'policy', side, policy: ref, doubt: 'not-evaluated' }));
  return { verdict: 'unknown', because: decision.verdict === 'unknown' ? [...decision.because, ...because] : because };
}

function changes(power: PolicyOverride['power'], decision: SideDecision): boolean {
  const allowedByRule = decision.verdict === 'allowed' && decision.passage.by === 'rule';
  switch (power) {
    case 'overrides':
      return true;
    case 'adds':
      return !allowedByRule;
    case 'defaults':
      return !allowedByRule && !(decision.verdict === 'denied' && decision.block.isolatedBy.length > 0);
  }
}
