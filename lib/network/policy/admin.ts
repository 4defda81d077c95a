import * as z from 'zod';
import { type CustomResource, labelSelector } from '#lib/model/kubernetes.ts';
import { allOf } from '#lib/network/policy/match.ts';
import { overrideRef, type PolicyOverride } from '#lib/network/policy/override.ts';
import { compileSelector } from '#lib/network/policy/selectors.ts';

const selector = labelSelector.default({});
const rules = z.array(z.unknown()).default([]);
const adminPolicy = z.object({
  tier: z.string().optional(),
  subject: z.union([
    z.strictObject({ namespaces: labelSelector }),
    z.strictObject({ pods: z.object({ namespaceSelector: selector, podSelector: selector }) }),
  ]),
  ingress: rules,
  egress: rules,
});

/** Of what does not parse: it may select anything, and hold any rule. */
const ANYTHING: z.infer<typeof adminPolicy> = { subject: { namespaces: {} }, ingress: [{}], egress: [{}] };

/**
 * AdminNetworkPolicy, BaselineAdminNetworkPolicy and both kinds of ClusterNetworkPolicy. No pod on the host network is a subject.
 * Sources: kubernetes-sigs/network-policy-api, API reference; amazon-network-policy-controller-k8s pkg/crd/crds.yaml.
 */
export function adminOverride(resource: CustomResource): PolicyOverride {
  const { tier, subject, ingress, egress } = adminPolicy.safeParse(resource.spec).data ?? ANYTHING;
  const { namespaceSelector, podSelector } =
    'pods' in subject ? subject.pods : { namespaceSelector: subject.namespaces, podSelector: {} };
  const [namespaces, pods] = [compileSelector(namespaceSelector), compileSelector(podSelector)];
  return {
    ref: overrideRef(resource),
    power: resource.kind === 'BaselineAdminNetworkPolicy' || tier === 'Baseline' ? 'defaults' : 'overrides',
    egress: egress.length > 0,
    ingress: ingress.length > 0,
    podReads: pods.reads,
    selects: ({ hostNetwork, labels, namespaceLabels }) =>
      allOf([!hostNetwork, namespaces.matches(namespaceLabels), pods.matches(labels)]),
  };
}

const applicationPolicy = z.object({ podSelector: selector, policyTypes: z.array(z.string()).default([]), egress: rules });

/**
 * EKS's policy for applications, where it says anything that a NetworkPolicy cannot: it shares its tier with NetworkPolicies, where
 * the rules of all that select a pod add up.
 * Source: Amazon EKS User Guide, "Use network policies with EKS Auto Mode".
 */
export function applicationOverride(resource: CustomResource): PolicyOverride {
  const parsed = applicationPolicy.safeParse(resource.spec).data;
  const { podSelector, policyTypes, egress } = parsed ?? { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [] };
  const pods = compileSelector(podSelector);
  return {
    ref: overrideRef(resource),
    power: 'adds',
    egress: policyTypes.includes('Egress') || (policyTypes.length === 0 && egress.length > 0),
    ingress: policyTypes.includes('Ingress') || policyTypes.length === 0,
    podReads: pods.reads,
    selects: ({ namespace, hostNetwork, labels }) =>
      allOf([!hostNetwork, namespace === resource.namespace, pods.matches(labels)]),
  };
}
