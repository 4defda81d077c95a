import type { KubernetesObject } from '#lib/sandbox/world.ts';

/** A selector that the API server cannot read, and answers with 400. */
export class SelectorInvalid extends Error {
  override readonly name = 'SelectorInvalid';
}

type Predicate = (object: KubernetesObject) => boolean;

/** Beside a name and a namespace. Source: kubernetes/kubernetes pkg/apis/core/v1/conversion.go. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  Node: ['spec.unschedulable'],
  Service: ['spec.clusterIP', 'spec.type'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/** The first field of a selector that the API server does not select a kind by. */
export function unsupportedField(kind: string, text: string | null): string | undefined {
  const fields = split(text).map((term) => term.split(/[=!]/, 1)[0] ?? '');
  const supported = ['metadata.name', 'metadata.namespace', ...(FIELDS[kind] ?? [])];
  return fields.find((field) => !supported.includes(field));
}

/**
 * A field selector: `a.b=c`, `a.b==c`, `a.b!=c`, joined by commas. An absent field reads as the empty string.
 * @throws SelectorInvalid
 */
export function fieldSelector(text: string | null): Predicate {
  const terms = split(text).map((term) => {
    const parts = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
    if (parts === null) throw new SelectorInvalid(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, path = '', operator = '', value = ''] = parts;
    return (object: KubernetesObject) => (fieldOf(object, path) === value) === (operator !== '!=');
  });
  return (object) => terms.every((term) => term(object));
}

function fieldOf(object: unknown, path: string): string {
  const value = path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], object);
  return value === undefined || value === null ? '' : String(value);
}

/**
 * A label selector: `a=b`, `a!=b`, `a`, `!a`, `a in (b,c)`, `a notin (b,c)`, joined by commas.
 * @throws SelectorInvalid
 */
export function labelSelector(text: string | null): Predicate {
  const terms = split(text).map(labelTerm);
  return ({ metadata: { labels = {} } }) => {
    const all = new Map(Object.entries(labels));
    return terms.every((term) => term(all));
  };
}

function labelTerm(term: string): (labels: ReadonlyMap<string, string>) => boolean {
  const set = /^\s*([^\s=!()]+)\s+(in|notin)\s*\(([^()]*)\)\s*$/.exec(term);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values: readonly (string | undefined)[] = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels.get(key)) === (operator === 'in');
  }
  const equality = /^\s*([^\s=!()]+)\s*(==|=|!=)\s*([^\s=!()]*)\s*$/.exec(term);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return (labels) => (labels.get(key) === value) === (operator !== '!=');
  }
  const [, not, key = ''] = /^\s*(!?)\s*([^\s=!()]+)\s*$/.exec(term) ?? [];
  if (key === '') throw new SelectorInvalid(`unable to parse requirement: ${term}`);
  return (labels) => labels.has(key) === (not === '');
}

/** At the commas outside of parentheses. */
function split(text: string | null): string[] {
  return (text ?? '').split(/,(?![^(]*\))/).filter(Boolean);
}
