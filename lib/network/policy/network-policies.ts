import type { CustomResource, Namespace, NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';
import { type Enforcement, type PodClass, podClasses } from '#lib/network/policy/classes.ts';
import type { Passage, PolicyBlock, PolicyDoubt, UnreadSlice } from '#lib/network/policy/decision.ts';
import { type PolicyEnd, pair } from '#lib/network/policy/ends.ts';
import { ANY_ENGINE, type PolicyEngine } from '#lib/network/policy/engines.ts';
import { compilePolicy } from '#lib/network/policy/network-policy-rules.ts';
import { compileOverrides } from '#lib/network/policy/overrides.ts';
import type { PolicyTraffic } from '#lib/network/policy/ports.ts';
import { namespaceLabels } from '#lib/network/policy/selectors.ts';
import { decideSide, type SideContext } from '#lib/network/policy/sides.ts';
import { translate } from '#lib/network/policy/translations.ts';

export interface PolicyWorld {
  /** Undefined where they were not read: then nothing about a pod can be told. */
  readonly policies: readonly NetworkPolicy[] | undefined;
  /** Undefined where they were not read: then only their names are known. */
  readonly namespaces: readonly Namespace[] | undefined;
  /** Policies of other kinds; undefined where they were not read. */
  readonly resources: readonly CustomResource[] | undefined;
  /** Kinds of which none are among them, since they were not read. */
  readonly unreadKinds?: readonly string[];
  /** What enforces the policies; by the letter of the API where it is left out. */
  readonly engine?: PolicyEngine;
  /** What is done to a pod; policies are enforced on it where this is left out. */
  readonly enforcement?: (pod: Pod) => Enforcement;
}

/** Policies prepared for questions: selectors, rules and blocks parsed once. */
export interface CompiledPolicies {
  readonly classOf: (pod: Pod) => PodClass;
  readonly context: Omit<SideContext, 'traffic'>;
}

/** Whether policies let a connection be opened; replies pass by themselves. `unknown` only where what was not read decides. */
export type PolicyVerdict =
  | { readonly verdict: 'allowed'; readonly egress: Passage; readonly ingress: Passage }
  | { readonly verdict: 'denied'; readonly blockedBy: readonly PolicyBlock[] }
  | { readonly verdict: 'unknown'; readonly because: readonly PolicyDoubt[] };

export function compilePolicies(world: PolicyWorld): CompiledPolicies {
  const { policies, namespaces, resources, unreadKinds = [], engine = ANY_ENGINE, enforcement = () => 'policies' } = world;
  const others = (resources ?? []).map((resource) => ({ resource, translations: translate(resource) }));
  const compiled = [
    ...(policies ?? []).map((policy) => compilePolicy(policy)),
    ...others.flatMap(({ translations = [] }) => translations.map(({ policy, ...other }) => compilePolicy(policy, other))),
  ];
  const untranslated = others.flatMap(({ resource, translations }) => (translations === undefined ? [resource] : []));
  const unread: UnreadSlice[] = [
    ...(policies ? [] : [{ kind: 'unread' as const, slice: 'networkPolicies' as const }]),
    ...(resources ? [] : [{ kind: 'unread' as const, slice: 'policyResources' as const }]),
    ...(unreadKinds.length > 0 ? [{ kind: 'unread' as const, slice: 'policyResources' as const, kinds: unreadKinds }] : []),
  ];
  return {
    classOf: podClasses({
      policies: compiled,
      overrides: compileOverrides(untranslated),
      namespaceLabels: namespaceLabels(namespaces),
      enforcement,
    }),
    context: { engine, unread },
  };
}

/**
 * May `source` open a connection to `destination`? The policies of the source's pod for egress and those of the destination's for
 * ingress must both let it pass.
 * Source: Kubernetes documentation, "Network Policies".
 */
export function policyVerdict(
  { classOf, context }: CompiledPolicies,
  source: PolicyEnd,
  destination: PolicyEnd,
  traffic: PolicyTraffic,
): PolicyVerdict {
  const ends = pair(source, destination, classOf);
  const egress = decideSide('egress', ends, { ...context, traffic });
  const ingress = decideSide('ingress', ends, { ...context, traffic });
  const blockedBy = [egress, ingress].flatMap((side) => (side.verdict === 'denied' ? [side.block] : []));
  if (blockedBy.length > 0) return { verdict: 'denied', blockedBy };
  if (egress.verdict === 'allowed' && ingress.verdict === 'allowed') {
    return { verdict: 'allowed', egress: egress.passage, ingress: ingress.passage };
  }
  return { verdict: 'unknown', because: [egress, ingress].flatMap((side) => (side.verdict === 'unknown' ? side.because : [])) };
}
