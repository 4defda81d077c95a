import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCalicoSelector } from '#lib/network/policy/calico-selector.ts';

const POD = { labels: { app: 'web', 'app.kubernetes.io/name': 'shop-web', tier: 'front' }, whole: true };

describe('a selector of Calico', () => {
  test.each<[string, boolean]>([
    ['', true],
    ['all()', true],
    ['global()', false],
    ["app == 'web'", true],
    ['app == "web"', true],
    ["app=='api'", false],
    ["app != 'api'", true],
    ["missing != 'api'", true],
    ['has(app)', true],
    ['has(missing)', false],
    ['!has(missing)', true],
    ["app in {'api', 'web'}", true],
    ["app in {'api','job'}", false],
    ["app in {'api', 'web',}", true],
    ['app in {}', false],
    ["app not in {'api'}", true],
    ["missing not in {'api'}", true],
    ["app.kubernetes.io/name contains 'op-w'", true],
    ["app.kubernetes.io/name starts with 'shop'", true],
    ["app.kubernetes.io/name ends with 'shop'", false],
    ["missing starts with ''", false],
    ["app == 'web' && tier == 'back'", false],
    ["app == 'api' && tier == 'back' || has(app)", true],
    ["app == 'api' && (tier == 'back' || has(app))", false],
    ["!(app == 'web' && tier == 'front')", false],
    ['!!has(app)', true],
    ['  has( app )  &&  all() ', true],
  ])('%s is %s', (text, expected) => {
    expect(compileCalicoSelector(text).matches(POD)).toBe(expected);
  });

  test.each([
    'app',
    'app =',
    'app == web',
    "app == 'web",
    'has(app',
    'app in',
    "app in {'a'",
    "app in {'a' 'b'}",
    'app in {a}',
    'has()',
    'app ~ "x"',
    'all() all()',
    '&& all()',
    'not in',
    '()',
    "app sounds like 'web'",
  ])('that is not of the language may or may not match: %s', (text) => {
    expect(compileCalicoSelector(text).matches(POD)).toBe('unreadable');
  });

  test('names the labels that it reads, and the values that it tells apart', () => {
    expect(compileCalicoSelector("app in {'a', 'b'} || !has(tier) && app != 'x' || job starts with 'x'").reads).toEqual([
      { key: 'app', values: ['a', 'b'] },
      { key: 'tier', values: [] },
      { key: 'app', values: ['x'] },
      { key: 'job', values: undefined },
    ]);
  });
});

/** A selector as data, its text, and what it comes to by the plainest reading. */
type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'has'; readonly key: string }
  | { readonly kind: 'compare'; readonly key: string; readonly operator: string; readonly value: string }
  | { readonly kind: 'set'; readonly key: string; readonly negated: boolean; readonly values: readonly string[] }
  | { readonly kind: 'not'; readonly of: Selector }
  | { readonly kind: 'and' | 'or'; readonly left: Selector; readonly right: Selector };

const KEYS = ['app', 'tier', 'app.kubernetes.io/name', 'in', 'has'];
const VALUES = ['', 'a', 'ab', 'b', 'all()', 'a && b'];
const COMPARISONS: Readonly<Record<string, (has: string | undefined, value: string) => boolean>> = {
  '==': (has, value) => has === value,
  '!=': (has, value) => has !== value,
  contains: (has, value) => has?.includes(value) ?? false,
  'starts with': (has, value) => has?.startsWith(value) ?? false,
  'ends with': (has, value) => has?.endsWith(value) ?? false,
};

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);
const { selector } = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 4 },
    fc.constant<Selector>({ kind: 'all' }),
    fc.record<Selector & { kind: 'has' }>({ kind: fc.constant('has'), key }),
    fc.record<Selector & { kind: 'compare' }>({
      kind: fc.constant('compare'),
      key,
      operator: fc.constantFrom(...Object.keys(COMPARISONS)),
      value,
    }),
    fc.record<Selector & { kind: 'set' }>({
      kind: fc.constant('set'),
      key,
      negated: fc.boolean(),
      values: fc.array(value, { maxLength: 3 }),
    }),
    fc.record<Selector & { kind: 'not' }>({ kind: fc.constant('not'), of: tie('selector') }),
    fc.record<Selector & { kind: 'and' | 'or' }>({
      kind: fc.constantFrom('and', 'or'),
      left: tie('selector'),
      right: tie('selector'),
    }),
  ),
}));

function written(of: Selector): string {
  switch (of.kind) {
    case 'all':
      return 'all()';
    case 'has':
      return `has(${of.key})`;
    case 'compare':
      return `${of.key} ${of.operator} '${of.value}'`;
    case 'set':
      return `${of.key} ${of.negated ? 'not in' : 'in'} {${of.values.map((one) => `"${one}"`).join(', ')}}`;
    case 'not':
      return `!(${written(of.of)})`;
    case 'and':
      return `(${written(of.left)}) && (${written(of.right)})`;
    case 'or':
      return `(${written(of.left)}) || (${written(of.right)})`;
  }
}

function selects(of: Selector, labels: ReadonlyMap<string, string>): boolean {
  switch (of.kind) {
    case 'all':
      return true;
    case 'has':
      return labels.has(of.key);
    case 'compare':
      return COMPARISONS[of.operator]?.(labels.get(of.key), of.value) ?? false;
    case 'set':
      return of.values.includes(labels.get(of.key) ?? '\0') !== of.negated;
    case 'not':
      return !selects(of.of, labels);
    case 'and':
      return selects(of.left, labels) && selects(of.right, labels);
    case 'or':
      return selects(of.left, labels) || selects(of.right, labels);
  }
}

const labelled = fc.uniqueArray(fc.tuple(key, value), { selector: ([one]) => one });

test('any selector comes to what its parts come to', () => {
  fc.assert(
    fc.property(selector, labelled, (of, labels) => {
      const compiled = compileCalicoSelector(written(of));
      expect(compiled.matches({ labels: Object.fromEntries(labels), whole: true })).toBe(selects(of, new Map(labels)));
    }),
  );
});

test('&& binds more than ||, with or without parentheses', () => {
  const term = fc.tuple(key, fc.boolean());
  fc.assert(
    fc.property(
      fc.array(fc.array(term, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      labelled,
      (groups, labels) => {
        const text = groups.map((group) => group.map(([one, no]) => `${no ? '!' : ''}has(${one})`).join(' && ')).join('||');
        const has = (one: string) => labels.some(([label]) => label === one);
        const expected = groups.some((group) => group.every(([one, no]) => has(one) !== no));
        expect(compileCalicoSelector(text).matches({ labels: Object.fromEntries(labels), whole: true })).toBe(expected);
      },
    ),
  );
});
