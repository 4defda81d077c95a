import * as z from 'zod';
import { type CustomResource, type LabelSelector, labelSelector, type NetworkPolicy } from '#lib/model/kubernetes.ts';
import { ciliumTranslation } from '#lib/network/policy/cilium-rules.ts';
import type { PolicyRef } from '#lib/network/policy/decision.ts';
import { overrideRef } from '#lib/network/policy/override.ts';

/** A policy of another kind, in the words of a NetworkPolicy, whose rules add to those of NetworkPolicies. */
export interface Translation {
  readonly ref: PolicyRef;
  /** Of a policy for the whole cluster, the namespace is empty, and `namespaces` selects those that it is for. */
  readonly policy: NetworkPolicy;
  readonly namespaces?: LabelSelector;
}

/** @returns undefined where the policy says anything that a NetworkPolicy cannot: then it is not evaluated */
export function translate(resource: CustomResource): readonly Translation[] | undefined {
  const ref = overrideRef(resource);
  const { namespace = '', name } = resource;
  return specsOf(resource)?.map(({ namespaces, ...spec }) => ({
    ref,
    policy: { ...spec, namespace, name },
    ...(namespaces === undefined ? {} : { namespaces }),
  }));
}

/** A policy but for its name. */
export type PolicySpec = Omit<NetworkPolicy, 'namespace' | 'name'> & Pick<Translation, 'namespaces'>;

function specsOf(resource: CustomResource): readonly PolicySpec[] | undefined {
  switch (resource.kind) {
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return ciliumTranslation(resource);
    case 'ApplicationNetworkPolicy':
      return applicationTranslation(resource);
  }
  return undefined;
}

const port = z.strictObject({
  protocol: z.string().default('TCP'),
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
});
const peer = z.strictObject({
  podSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) }).optional(),
  domainNames: z.array(z.string()).optional(),
});
const ports = z.array(port).default([]);
const peers = z.array(peer).default([]);
const applicationSpec = z.strictObject({
  podSelector: labelSelector.default({}),
  policyTypes: z.array(z.string()).default([]),
  ingress: z.array(z.strictObject({ ports, from: peers })).default([]),
  egress: z.array(z.strictObject({ ports, to: peers })).default([]),
});

/**
 * A NetworkPolicy that also knows domain names. It shares its tier with NetworkPolicies, where the rules of all that select a pod add
 * up. Which addresses a name has is not known here: such a peer stays without any selector, and whom it matches in doubt.
 * Sources: Amazon EKS User Guide, "Use network policies with EKS Auto Mode"; amazon-network-policy-controller-k8s pkg/crd/crds.yaml.
 */
function applicationTranslation({ spec }: CustomResource): readonly PolicySpec[] | undefined {
  const parsed = applicationSpec.safeParse(spec).data;
  if (parsed === undefined) return undefined;
  const { podSelector, policyTypes, ingress, egress } = parsed;
  const byRules = ['Ingress', ...(egress.length > 0 ? ['Egress'] : [])];
  return [
    {
      podSelector,
      policyTypes: policyTypes.length > 0 ? policyTypes : byRules,
      ingress: ingress.map((rule) => ({ ports: rule.ports, peers: rule.from.map(withoutNames) })),
      egress: egress.map((rule) => ({ ports: rule.ports, peers: rule.to.map(withoutNames) })),
    },
  ];
}

function withoutNames({ domainNames: _, ...rest }: z.infer<typeof peer>): PolicySpec['egress'][number]['peers'][number] {
  return rest;
}
