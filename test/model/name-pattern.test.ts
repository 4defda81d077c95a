import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAny } from '#lib/model/name-pattern.ts';

describe('matchesAny', () => {
  it.each([
    ['shop-prod', ['shop-prod'], true],
    ['shop-prod', ['shop'], false],
    ['shop-prod', ['shop-*'], true],
    ['shop-prod', ['*-prod'], true],
    ['shop-prod', ['*op-pr*'], true],
    ['shop-prod', ['s*p*d'], true],
    ['shop', ['sho*op'], false],
    ['Shop', ['shop'], false],
    ['a.b', ['a?b', '[ab]*'], false],
    ['anything', ['none', '*'], true],
    ['anything', [], false],
  ])('%s by %j: %s', (name, patterns, expected) => {
    expect(matchesAny(name, patterns)).toBe(expected);
  });

  it('agrees with the regular expression that the pattern spells', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 });
    fc.assert(
      fc.property(name, letters, (text, pattern) => {
        const slow = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(matchesAny(text, [pattern])).toBe(slow.test(text));
      }),
      { numRuns: 1000 },
    );
  });
});
