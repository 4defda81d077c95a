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
