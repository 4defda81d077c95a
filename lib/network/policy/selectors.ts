import type { LabelSelector, Namespace } from '#lib/model/kubernetes.ts';
import { allOf, type Match } from '#lib/network/policy/match.ts';

/** Labels as far as they were read. */
export interface Labels {
  readonly labels: Readonly<Record<string, string>>;
  /** False where others than these may be set. */
  readonly whole: boolean;
}

/** A label that a selector reads, and the values that it tells apart from all others. */
export interface LabelRead {
  readonly key: string;
  /** Undefined where it tells all values apart. */
  readonly values: readonly string[] | undefined;
}

export interface CompiledSelector {
  /** Labels that differ in nothing of this are the same to it. */
  readonly reads: readonly LabelRead[];
  readonly matches: (labels: Labels) => Match;
}

interface Requirement extends LabelRead {
  readonly holds: (value: string | undefined) => Match;
}

/** Set by the API server on every namespace, to its name. Source: Kubernetes documentation, "Automatic labelling". */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Requirements are ANDed, so that the empty selector matches everything. Source: Kubernetes API reference, "LabelSelector". */
export function compileSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): CompiledSelector {
  const requirements: readonly Requirement[] = [
    ...Object.entries(matchLabels).map(([key, wanted]) => ({
      key,
      values: [wanted],
      holds: (value: string | undefined) => value === wanted,
    })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({ key, values, holds: expression(operator, values) })),
  ];
  return {
    reads: requirements,
    matches: (of) => allOf(requirements, ({ key, holds }) => meets(of, key, holds)),
  };
}

/** Whether the value of one label is as wanted, where that label was read. */
export function meets({ labels, whole }: Labels, key: string, holds: Requirement['holds']): Match {
  // A label may be named as something that every object of JavaScript has.
  if (Object.hasOwn(labels, key)) return holds(labels[key]);
  return whole ? holds(undefined) : 'namespace-labels';
}

/** NotIn holds where the label is absent. Source: Kubernetes documentation, "Labels and Selectors", set-based requirement. */
function expression(operator: string, values: readonly string[]): Requirement['holds'] {
  switch (operator) {
    case 'In':
      return (value) => value !== undefined && values.includes(value);
    case 'NotIn':
      return (value) => value === undefined || !values.includes(value);
    case 'Exists':
      return (value) => value !== undefined;
    case 'DoesNotExist':
      return (value) => value === undefined;
    default:
      return () => 'unreadable';
  }
}

/** Labels of namespaces by name. Of one that was not listed, as when it is younger than the list, only the name is known. */
export function namespaceLabels(namespaces: readonly Namespace[] | undefined): (name: string) => Labels {
  const known = new Map<string, Labels>(namespaces?.map(({ name, labels }) => [name, { labels, whole: true }]));
  return (name) => {
    const labels = known.get(name) ?? { labels: { [NAME_LABEL]: name }, whole: false };
    known.set(name, labels);
    return labels;
  };
}
