import * as z from 'zod';
import { type CustomResource, type LabelSelector, labelSelector, type NetworkPolicy } from '#lib/model/kubernetes.ts';
import type { PolicySpec } from '#lib/network/policy/translations.ts';

type Rule = NetworkPolicy['ingress'][number];
type Port = Rule['ports'][number];
type Peer = Rule['peers'][number];

const ciliumPort = z.strictObject({ port: z.string(), endPort: z.number().optional(), protocol: z.string().default('ANY') });
const toPorts = z
  .array(
    z.strictObject({
      ports: z.array(ciliumPort).min(1),
      /** Rules for DNS let through to the proxy what they name; only those that name everything are as if they were not there. */
      rules: z
        .strictObject({ dns: z.array(z.looseObject({ matchPattern: z.string().optional() })) })
        .refine(({ dns }) => dns.some(({ matchPattern }) => matchPattern === '*'))
        .optional(),
    }),
  )
  .min(1);
const endpoints = z.array(labelSelector);
const ciliumSpec = z.strictObject({
  description: z.string().optional(),
  labels: z.unknown().optional(),
  endpointSelector: labelSelector,
  ingress: z.array(z.strictObject({ fromEndpoints: endpoints.optional(), toPorts: toPorts.optional() })).optional(),
  egress: z.array(z.strictObject({ toEndpoints: endpoints.optional(), toPorts: toPorts.optional() })).optional(),
});

/**
 * The common rules of Cilium: endpoints and ports. Whatever else one says (entities, CIDRs, names, HTTP, denials) is left alone.
 * @returns a NetworkPolicy for each rule; undefined where one is not of that shape
 * Source: Cilium documentation, "Layer 3 Policies", "Layer 4 Policies" and "DNS based".
 */
export function ciliumTranslation({ spec, specs = [], namespace }: CustomResource): readonly PolicySpec[] | undefined {
  return whole([...(spec === undefined ? [] : [spec]), ...specs].map((rule) => translateRule(rule, namespace)));
}

function translateRule(rule: unknown, namespace: string | undefined): PolicySpec | undefined {
  const spec = ciliumSpec.safeParse(rule).data;
  const subject = spec && selectorOf(spec.endpointSelector);
  if (spec === undefined || subject === undefined) return undefined;
  // A policy of one namespace that names another selects nothing, and is surely not meant so.
  if (namespace !== undefined && subject.namespaces !== undefined) return undefined;
  const { ingress, egress } = spec;
  const into = whole((ingress ?? []).map(({ fromEndpoints, toPorts: ports }) => translate(fromEndpoints, ports, namespace)));
  const out = whole((egress ?? []).map(({ toEndpoints, toPorts: ports }) => translate(toEndpoints, ports, namespace)));
  if (into === undefined || out === undefined) return undefined;
  return {
    ...(namespace === undefined ? { namespaces: subject.namespaces ?? {} } : {}),
    podSelector: subject.pods,
    policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
    ingress: into,
    egress: out,
  };
}

/** All, or undefined where one is missing. */
function whole<T>(all: readonly (T | undefined)[]): T[] | undefined {
  const there = all.filter((one) => one !== undefined);
  return there.length === all.length ? there : undefined;
}

/** Matches no pod and no address. */
const NOBODY: Peer = { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [] }] } };

/** An empty rule isolates and allows nobody, unlike a NetworkPolicy's; so does an empty list of endpoints. */
function translate(
  selectors: readonly LabelSelector[] | undefined,
  portLists: z.infer<typeof toPorts> | undefined,
  namespace: string | undefined,
): Rule | undefined {
  const ports = (portLists ?? []).flatMap((list) => list.ports.flatMap(portsOf));
  if (selectors === undefined) return { ports, peers: ports.length > 0 ? [] : [NOBODY] };
  const peers = whole(selectors.map((selector) => peerOf(selector, namespace)));
  return peers && { ports, peers: peers.length > 0 ? peers : [NOBODY] };
}

/** Port 0 is every port, and ANY is every protocol. */
function portsOf({ port, endPort, protocol }: z.infer<typeof ciliumPort>): Port[] {
  const protocols = protocol === 'ANY' ? ['TCP', 'UDP', 'SCTP'] : [protocol];
  const number = /^\d+$/.test(port) ? Number(port) : port;
  const where = number === 0 ? {} : { port: number, ...(endPort === undefined ? {} : { endPort }) };
  return protocols.map((one) => ({ protocol: one, ...where }));
}

/** Endpoints of the policy's own namespace, where it has one, unless the selector names others. */
function peerOf(selector: LabelSelector, namespace: string | undefined): Peer | undefined {
  const read = selectorOf(selector);
  if (read === undefined) return undefined;
  const own: LabelSelector = namespace === undefined ? {} : { matchLabels: { [NAME_LABEL]: namespace } };
  return { podSelector: read.pods, namespaceSelector: read.namespaces ?? own };
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAME_LABEL = 'kubernetes.io/metadata.name';
type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/** The pod's labels, and apart from them its namespace. Undefined where anything else that Cilium makes a label of is read. */
function selectorOf({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector): { pods: LabelSelector; namespaces: LabelSelector | undefined } | undefined {
  const labels = Object.entries(matchLabels).map(([key, value]): Expression => ({ key, operator: 'In', values: [value] }));
  const all = [...labels, ...matchExpressions].map((one) => ({ ...one, key: one.key.replace(/^(?:k8s|any):/, '') }));
  const [ofNamespace, ofPod] = [all.filter(({ key }) => key === NAMESPACE), all.filter(({ key }) => key !== NAMESPACE)];
  if (ofPod.some(({ key }) => /^io\.(?:kubernetes|cilium)\.|:/.test(key))) return undefined;
  const named = ofNamespace.map((one) => ({ ...one, key: NAME_LABEL }));
  return { pods: { matchExpressions: ofPod }, namespaces: named.length > 0 ? { matchExpressions: named } : undefined };
}
