import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Place, type Scope, scopeOf } from '#lib/network/sandbox-failures/scope.ts';

const at = (name: string, zone?: string, subnetId?: string): Place => ({
  name,
  ...(zone !== undefined && { zone }),
  ...(subnetId !== undefined && { subnetId }),
});
const SIX = [
  at('n1', 'a', 's1'),
  at('n2', 'a', 's1'),
  at('n3', 'a', 's2'),
  at('n4', 'b', 's3'),
  at('n5', 'b', 's3'),
  at('n6', 'b', 's3'),
];

test.each<[string, string[], readonly Place[], Scope]>([
  ['one of six', ['n1'], SIX, 'node'],
  ['the only one', ['n1'], SIX.slice(0, 1), 'cluster'],
  ['two of one subnet', ['n1', 'n2'], SIX, 'subnet'],
  ['two subnets of one zone', ['n1', 'n3'], SIX, 'zone'],
  ['one of each zone', ['n1', 'n4'], SIX, 'nodes'],
  ['most of both zones', ['n1', 'n2', 'n4', 'n5'], SIX, 'cluster'],
  ['all', SIX.map(({ name }) => name), SIX, 'cluster'],
  [
    'one subnet that is the whole cluster',
    ['n1', 'n2'],
    [at('n1', 'a', 's1'), at('n2', 'a', 's1'), at('n3', 'a', 's1')],
    'cluster',
  ],
  ['places that are not known', ['n1', 'n2'], [at('n1'), at('n2'), at('n3'), at('n4'), at('n5')], 'nodes'],
  ['no node known', [], SIX, 'unknown'],
  ['nodes that are gone', ['n9'], SIX, 'unknown'],
])('%s: %s', (_situation, failing, places, scope) => {
  expect(scopeOf(new Set(failing), places)).toBe(scope);
});

const places = fc
  .array(fc.record({ zone: fc.constantFrom('a', 'b'), subnet: fc.constantFrom('1', '2') }), { minLength: 1, maxLength: 8 })
  .map((list) => list.map(({ zone, subnet }, index) => at(`n${index}`, zone, `${zone}${subnet}`)));

test('a subnet or a zone that is named holds all that fail, and not the whole cluster', () => {
  fc.assert(
    fc.property(places, fc.array(fc.nat(7)), (all, picked) => {
      const failing = new Set(picked.map((index) => `n${index}`));
      const inside = all.filter(({ name }) => failing.has(name));
      const scope = scopeOf(failing, all);
      const key = scope === 'zone' ? 'zone' : 'subnetId';
      if (scope !== 'subnet' && scope !== 'zone') return;
      expect(new Set(inside.map((place) => place[key])).size).toBe(1);
      expect(all.some((place) => place[key] !== inside[0]?.[key])).toBe(true);
    }),
  );
});
