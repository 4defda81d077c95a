import type { PodClass, SelectingPolicy } from '#lib/network/policy/classes.ts';
import type { OpenBy, PolicyDoubt, PolicySide, SideDecision, UnreadSlice } from '#lib/network/policy/decision.ts';
import { asEnforced, byDefault } from '#lib/network/policy/defaults.ts';
import { doubtOf, mayIsolate } from '#lib/network/policy/doubts.ts';
import { type End, sameNode, samePod } from '#lib/network/policy/ends.ts';
import { anyOf, type Match } from '#lib/network/policy/match.ts';
import { type RuleContext, ruleMatches } from '#lib/network/policy/network-policy-rules.ts';
import { withOverrides } from '#lib/network/policy/override.ts';

export interface SideContext extends Omit<RuleContext, 'destination'> {
  readonly unread: readonly UnreadSlice[];
}

/** Whether the policies of one end's pod let the traffic pass. */
export function decideSide(side: PolicySide, ends: { readonly from: End; readonly to: End }, context: SideContext): SideDecision {
  const [own, peer] = side === 'egress' ? [ends.from, ends.to] : [ends.to, ends.from];
  const { podClass } = own;
  if (podClass === undefined) return passes('outside');
  if (own.pod !== undefined && peer.pod !== undefined && samePod(own.pod, peer.pod)) return passes('loopback');
  if (sameNode(own, peer)) return passes('own-node');
  if (podClass.enforcement === 'none') return passes('not-enforced');
  // No NetworkPolicy reaches the network of a host; policies of hosts are of other kinds.
  const unread = context.unread.filter(({ slice }) => !podClass.hostNetwork || slice === 'policyResources');
  if (unread.length > 0) return { verdict: 'unknown', because: unread };
  const decision = podClass.hostNetwork
    ? passes('host-network')
    : asEnforced(side, podClass, decidePolicies(side, podClass, peer, { ...context, destination: ends.to }));
  return withOverrides(side, decision, podClass.overrides);
}

/**
 * What networking.k8s.io decides: a pod that some policy isolates in this direction is open to what the rules of all such policies
 * allow together, and any other pod is open to everything but where something denies by default.
 * Source: Kubernetes documentation, "Network Policies", "The two sorts of pod isolation".
 */
function decidePolicies(side: PolicySide, podClass: PodClass, peer: End, context: RuleContext): SideDecision {
  const { policies, by: isolatedBy, certain } = podClass.isolating[side];
  let doubtful = !certain;
  for (const { compiled, selects } of policies) {
    for (const rule of compiled[side]) {
      const match = ruleMatches(rule, peer, context);
      if (match === true && selects === true)
        return { verdict: 'allowed', passage: { by: 'rule', policy: compiled.ref, rule: rule.index, isolatedBy } };
      doubtful ||= match !== false;
    }
  }
  const doubts = doubtful ? doubtsOf(side, podClass, peer, context) : [];
  if (doubts.length > 0) return { verdict: 'unknown', because: doubts };
  if (isolatedBy.length > 0) return { verdict: 'denied', block: { side, isolatedBy } };
  return byDefault(side, podClass);
}

/** Rules that may allow, and, where nothing isolates for certain, policies that may isolate. */
function doubtsOf(side: PolicySide, { isolating }: PodClass, peer: End, context: RuleContext): PolicyDoubt[] {
  const { policies, by } = isolating[side];
  const may = policies.flatMap((policy) => {
    const match = bestMatch(side, policy, peer, context);
    return match === false ? [] : [doubtOf(side, policy, match)];
  });
  const doubts = by.length === 0 ? [...may, ...mayIsolate(side, policies)] : may;
  return [...new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
}

/** Whether any rule of a policy matches, or the first that may. */
function bestMatch(side: PolicySide, { compiled }: SelectingPolicy, peer: End, context: RuleContext): Match {
  return anyOf(compiled[side], (rule) => ruleMatches(rule, peer, context));
}

function passes(by: OpenBy): SideDecision {
  return { verdict: 'allowed', passage: { by } };
}
