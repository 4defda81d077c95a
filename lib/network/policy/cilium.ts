import * as z from 'zod';
import { type CustomResource, labelSelector } from '#lib/model/kubernetes.ts';
import { allOf, anyOf } from '#lib/network/policy/match.ts';
import { type OverrideSubject, overrideRef, type PolicyOverride } from '#lib/network/policy/override.ts';
import { compileSelector } from '#lib/network/policy/selectors.ts';

const ciliumRule = z.object({
  endpointSelector: labelSelector.optional(),
  nodeSelector: labelSelector.optional(),
  ingress: z.unknown().optional(),
  ingressDeny: z.unknown().optional(),
  egress: z.unknown().optional(),
  egressDeny: z.unknown().optional(),
});
type CiliumRule = z.infer<typeof ciliumRule>;

/**
 * A policy of Cilium, of one rule or of several. Its rules add to those of NetworkPolicies, unless some of them deny.
 * Source: Cilium documentation, "Layer 3 Policies", "Deny Policies" and "Host Policies".
 */
export function ciliumOverride(resource: CustomResource): PolicyOverride {
  const texts = [...(resource.spec === undefined ? [] : [resource.spec]), ...(resource.specs ?? [])];
  const parsed = texts.map((text) => ciliumRule.safeParse(text).data);
  const read = parsed.filter((rule) => rule !== undefined);
  const whole = read.length === parsed.length;
  const selectors = read.map(compileRule);
  const speaks = (...fields: ('ingress' | 'ingressDeny' | 'egress' | 'egressDeny')[]) =>
    !whole || read.some((rule) => fields.some((field) => rule[field] !== undefined));
  const inItsNamespace = ({ namespace }: OverrideSubject) =>
    resource.kind === 'CiliumClusterwideNetworkPolicy' || namespace === resource.namespace;
  return {
    ref: overrideRef(resource),
    power: speaks('ingressDeny', 'egressDeny') ? 'overrides' : 'adds',
    egress: speaks('egress', 'egressDeny'),
    ingress: speaks('ingress', 'ingressDeny'),
    podReads: selectors.flatMap(({ podReads }) => podReads),
    selects: (subject) =>
      allOf([inItsNamespace(subject), anyOf([!whole && 'unreadable', anyOf(selectors, ({ selects }) => selects(subject))])]),
  };
}

/** A rule with a nodeSelector is for hosts, and what speaks from their addresses; any other is for pods of their own. */
function compileRule({ endpointSelector, nodeSelector }: CiliumRule): Pick<PolicyOverride, 'podReads' | 'selects'> {
  if (endpointSelector === undefined) {
    return { podReads: [], selects: ({ hostNetwork }) => hostNetwork && nodeSelector !== undefined && 'not-evaluated' };
  }
  const { matchLabels = {}, matchExpressions = [] } = endpointSelector;
  const selector = compileSelector({
    matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [plainKey(key), value])),
    matchExpressions: matchExpressions.map((expression) => ({ ...expression, key: plainKey(expression.key) })),
  });
  const derived = selector.reads.some(({ key }) => DERIVED.test(key) && key !== NAMESPACE);
  return {
    podReads: selector.reads,
    selects: ({ namespace, hostNetwork, labels }) => {
      if (hostNetwork || derived) return hostNetwork ? false : 'not-evaluated';
      return selector.matches({ labels: { ...labels.labels, [NAMESPACE]: namespace }, whole: labels.whole });
    },
  };
}

/** Labels that Cilium makes of something else than the pod's own; only the namespace is known here. */
const DERIVED = /^io\.(?:kubernetes|cilium)\.|:/;
const NAMESPACE = 'io.kubernetes.pod.namespace';

/** Where a label comes from may be said before it. Source: Cilium documentation, "Labels", label sources. */
function plainKey(key: string): string {
  return key.replace(/^(?:k8s|any):/, '');
}
