import * as z from 'zod';
import type { NetworkPolicy } from '#lib/model/kubernetes.ts';
import { cidrContains, parseCidr } from '#lib/network/address.ts';

/** Source: Kubernetes documentation, "Labels and Selectors", syntax and character set; "Object Names and IDs". */
const SUBDOMAIN = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*';
const NAME = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const matching = (pattern: string, error: string) => z.string().regex(new RegExp(`^${pattern}$`), { error });
const labelKey = matching(`(?:(?=[^/]{1,253}/)${SUBDOMAIN}/)?${NAME}`, 'it is no key of a label');
const labelValue = matching(`(?:${NAME})?`, 'it is no value of a label');
const objectName = matching(`(?=.{1,253}$)${SUBDOMAIN}`, 'it is no name of an object');

const expression = z
  .strictObject({
    key: labelKey,
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(labelValue).optional(),
  })
  .refine(({ operator, values = [] }) => operator.endsWith('In') === values.length > 0, {
    error: 'the operators In and NotIn need values, Exists and DoesNotExist take none',
  });
const selector = z.strictObject({
  matchLabels: z.record(labelKey, labelValue).optional(),
  matchExpressions: z.array(expression).optional(),
});

const NUMBER = 'it must be a number from 1 to 65535';
const portNumber = z.int({ error: NUMBER }).min(1, { error: NUMBER }).max(65535, { error: NUMBER });
/** Source of names: RFC 6335, section 5.1, as apimachinery's IsValidPortName has it. */
const portName = z
  .string()
  .regex(/^(?=.*[a-z])(?!.*--)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/, { error: `${NUMBER}, or the name of a port` });
const port = z
  .strictObject({
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
    port: z.union([portNumber, portName], { error: `${NUMBER}, or the name of a port` }).optional(),
    endPort: portNumber.optional(),
  })
  .refine(({ port: from, endPort }) => endPort === undefined || (typeof from === 'number' && from <= endPort), {
    error: 'endPort needs a port that is a number and no greater',
    path: ['endPort'],
  });

const cidr = z.string().refine((text) => parseCidr(text) !== undefined, { error: 'it is no CIDR' });
const ipBlock = z
  .strictObject({ cidr, except: z.array(cidr).default([]) })
  .refine(({ cidr: whole, except }) => except.every((part) => isInside(part, whole)), {
    error: 'each of these must lie inside cidr and be smaller',
    path: ['except'],
  });
const peer = z
  .strictObject({ podSelector: selector.optional(), namespaceSelector: selector.optional(), ipBlock: ipBlock.optional() })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'a peer needs a podSelector, a namespaceSelector or an ipBlock',
  })
  .refine(({ podSelector, namespaceSelector, ipBlock: block }) => !block || (!podSelector && !namespaceSelector), {
    error: 'an ipBlock excludes selectors',
  });
const ports = z.array(port).default([]);
const peers = z.array(peer).default([]);

function isInside(part: string, whole: string): boolean {
  const [inner, outer] = [parseCidr(part), parseCidr(whole)];
  return inner !== undefined && outer !== undefined && cidrContains(outer, inner.first) && inner.size < outer.size;
}

export const POLICY_API_VERSION = 'networking.k8s.io/v1';

/**
 * A NetworkPolicy as its manifest has it, held to what the API server takes.
 * Source: Kubernetes API reference, NetworkPolicy networking.k8s.io/v1; kubernetes pkg/apis/networking/validation.
 */
export const policyManifest = z.strictObject({
  apiVersion: z.literal(POLICY_API_VERSION),
  kind: z.literal('NetworkPolicy'),
  metadata: z.looseObject({ name: objectName, namespace: objectName.default('default') }),
  spec: z.strictObject({
    podSelector: selector.default({}),
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])).default([]),
    ingress: z.array(z.strictObject({ ports, from: peers })).default([]),
    egress: z.array(z.strictObject({ ports, to: peers })).default([]),
  }),
  status: z.unknown().optional(),
});

/** With the API server's defaults. Source: Kubernetes API reference, NetworkPolicySpec.policyTypes. */
export function fromManifest({ metadata, spec }: z.infer<typeof policyManifest>): NetworkPolicy {
  const { podSelector, policyTypes, ingress, egress } = spec;
  const byRules = ['Ingress', ...(egress.length > 0 ? ['Egress'] : [])];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    podSelector,
    policyTypes: policyTypes.length > 0 ? policyTypes : byRules,
    ingress: ingress.map((rule) => ({ ports: rule.ports, peers: rule.from })),
    egress: egress.map((rule) => ({ ports: rule.ports, peers: rule.to })),
  };
}
