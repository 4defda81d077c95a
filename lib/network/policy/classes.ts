import type { Pod } from '#lib/model/kubernetes.ts';
import type { PolicyRef, PolicySide } from '#lib/network/policy/decision.ts';
import { labelView } from '#lib/network/policy/label-view.ts';
import { allOf, type Match } from '#lib/network/policy/match.ts';
import type { CompiledPolicy } from '#lib/network/policy/network-policy-rules.ts';
import type { PolicyOverride } from '#lib/network/policy/override.ts';
import type { NamedPort } from '#lib/network/policy/ports.ts';
import type { Labels } from '#lib/network/policy/selectors.ts';

/**
 * What is done to a pod that policies could select: they are enforced; or everything is denied until one selects it; or nothing is
 * enforced; or it is not certain that anything is; or a NodeClass of EKS Auto Mode denies by default, or may.
 */
export type Enforcement = 'policies' | 'denied-until-selected' | 'none' | 'uncertain' | NodeClassDefault;

export type NodeClassDefault = {
  /** Whether policies are known to be handed to the node. Without them the default holds, whatever they say. */
  readonly policiesReach: boolean;
} & (
  | { readonly kind: 'default-deny'; readonly nodeClass: string }
  /** The reason is a clause. */
  | { readonly kind: 'default-unknown'; readonly reason: string }
);

/** Pods that no policy tells apart, but by their addresses and nodes. */
export interface PodClass {
  readonly namespace: string;
  /** Those that some selector reads. */
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  readonly hostNetwork: boolean;
  readonly enforcement: Enforcement;
  readonly namedPorts: readonly NamedPort[];
  /** The policies that select it, or may. */
  readonly policies: readonly SelectingPolicy[];
  /** Those of them that are for one direction. */
  readonly isolating: Readonly<Record<PolicySide, Isolation>>;
  readonly overrides: readonly PolicyOverride[];
}

export interface SelectingPolicy {
  readonly compiled: CompiledPolicy;
  readonly selects: Exclude<Match, false>;
}

export interface Isolation {
  readonly policies: readonly SelectingPolicy[];
  /** Those that are certain. */
  readonly by: readonly PolicyRef[];
  readonly certain: boolean;
}

export interface ClassContext {
  readonly policies: readonly CompiledPolicy[];
  readonly overrides: readonly PolicyOverride[];
  readonly namespaceLabels: (name: string) => Labels;
  readonly enforcement: (pod: Pod) => Enforcement;
}

/** Finds the class of a pod. Cost follows the distinct classes, and classes the labels that some selector tells apart. */
export function podClasses(context: ClassContext): (pod: Pod) => PodClass {
  const { policies } = context;
  const view = labelView([...policies, ...context.overrides].flatMap(({ podReads }) => podReads));
  // Those for the whole cluster are under no namespace of their own.
  const byNamespace = Map.groupBy(policies, ({ policy, namespaces }) => (namespaces === undefined ? policy.namespace : ''));
  const candidates = (namespace: string) => [...(byNamespace.get(namespace) ?? []), ...(byNamespace.get('') ?? [])];
  const portNames = new Set(policies.flatMap(namesOfPorts));
  const ofPod = new WeakMap<Pod, PodClass>();
  const classes = new Map<string, PodClass>();
  return (pod) => {
    const known = ofPod.get(pod);
    if (known !== undefined) return known;
    const seen = view(pod.labels);
    const namedPorts = portsNamed(pod, portNames);
    const enforcement = context.enforcement(pod);
    const key = JSON.stringify([pod.namespace, pod.hostNetwork, enforcement, seen.key, namedPorts]);
    const podClass =
      classes.get(key) ?? newClass(pod, seen.labels, { namedPorts, enforcement, context, candidates: candidates(pod.namespace) });
    classes.set(key, podClass);
    ofPod.set(pod, podClass);
    return podClass;
  };
}

interface ClassParts extends Pick<PodClass, 'namedPorts' | 'enforcement'> {
  readonly context: ClassContext;
  readonly candidates: readonly CompiledPolicy[];
}

function newClass(
  { namespace, hostNetwork }: Pod,
  labels: Readonly<Record<string, string>>,
  { namedPorts, enforcement, context, candidates }: ClassParts,
): PodClass {
  const read: Labels = { labels, whole: true };
  const subject = { namespace, hostNetwork, labels: read, namespaceLabels: context.namespaceLabels(namespace) };
  const policies = candidates.flatMap((compiled) => {
    const selects = allOf([compiled.namespaces?.matches(subject.namespaceLabels) ?? true, compiled.selector.matches(read)]);
    return selects === false ? [] : [{ compiled, selects }];
  });
  const overrides = context.overrides.filter((override) => override.selects(subject) !== false);
  const isolating = { egress: isolation(policies, 'Egress'), ingress: isolation(policies, 'Ingress') };
  return { ...subject, namedPorts, enforcement, policies, isolating, overrides };
}

function isolation(selecting: readonly SelectingPolicy[], type: 'Egress' | 'Ingress'): Isolation {
  const policies = selecting.filter(({ compiled }) => compiled.policy.policyTypes.includes(type));
  const by = policies.flatMap(({ compiled, selects }) => (selects === true ? [compiled.ref] : []));
  return { policies, by, certain: by.length === policies.length };
}

function portsNamed({ containers }: Pod, names: ReadonlySet<string>): NamedPort[] {
  if (names.size === 0) return [];
  return containers.flatMap(({ init, ports }) =>
    ports.flatMap(({ name, protocol, containerPort }) =>
      name !== undefined && names.has(name) ? [{ name, protocol, port: containerPort, init }] : [],
    ),
  );
}

function namesOfPorts({ egress, ingress }: CompiledPolicy): string[] {
  return [...egress, ...ingress].flatMap(({ ports }) => ports.flatMap(({ port }) => (typeof port === 'string' ? [port] : [])));
}
