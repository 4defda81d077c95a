import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, editDistance, nearest } from '#lib/config/nearest.ts';

const KEYS = ['enabled', 'options', 'warningPercent', 'criticalPercent'];

test.each([
  ['enabeld', 'enabled'],
  ['option', 'options'],
  ['warningPercentage', 'warningPercent'],
  ['WARNINGPERCENT', 'warningPercent'],
  ['colour', undefined],
  ['', undefined],
])('%s is nearest to %s', (typed, expected) => expect(nearest(typed, KEYS)).toBe(expected));

test('no suggestion is made where there is no candidate', () => expect(didYouMean('x', [])).toBe(''));

/** The definition, read off literally; exponential. */
function obviousDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)];
  const choices = [
    obviousDistance(restA, b) + 1,
    obviousDistance(a, restB) + 1,
    obviousDistance(restA, restB) + (a.at(-1) === b.at(-1) ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    choices.push(obviousDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...choices);
}

test('the edit distance is the one of its recursive definition', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(obviousDistance(a, b));
    }),
  );
});
