import type { KubernetesObject } from '#lib/sandbox/world.ts';

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

/** A field selector: `a.b=c`, `a.b==c`, `a.b!=c`, joined by commas. An absent field reads as the empty string. */
export function fieldSelector(text: string | null): Predicate {
  const terms = split(text).map((term) => {
    const [, path = '', operator = '', value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
    return (object: KubernetesObject) => (fieldOf(object, path) === value) === (operator !== '!=');
  });
  return (object) => terms.every((term) => term(object));
}

function fieldOf(object: unknown, path: string): string {
  const value = path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], object);
  return value === undefined || value === null ? '' : String(value);
}

/** A label selector: `a=b`, `a!=b`, `a`, `!a`, `a in (b,c)`, `a notin (b,c)`, joined by commas. */
export function labelSelector(text: string | null): Predicate {
  const terms = split(text).map(labelTerm);
  return ({ metadata: { labels = {} } }) => terms.every((term) => term(labels));
}

function labelTerm(term: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^\s*(\S+)\s+(in|notin)\s*\((.*)\)\s*$/.exec(term);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  return term.startsWith('!') ? (labels) => !(term.slice(1) in labels) : (labels) => term in labels;
}

/** At the commas outside of parentheses. */
function split(text: string | null): string[] {
  return (text ?? '').split(/,(?![^(]*\))/).filter(Boolean);
}
