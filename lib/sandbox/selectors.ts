import type { KubernetesObject } from '#lib/sandbox/world.ts';

type Predicate = (object: KubernetesObject) => boolean;

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
  const set = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(term);
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
