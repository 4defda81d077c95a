import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedAttempts, lastWords, outcomeOf } from '#lib/network/canary/attempts.ts';
import { median } from '#lib/network/canary/dns.ts';

const OUTCOMES = ['reached', 'refused', 'no-answer', 'unclear'] as const;
const tried = (...outcomes: readonly (typeof OUTCOMES)[number][]) => ({
  attempts: outcomes.map((outcome, at) => ({ outcome, ms: 10, ...(outcome === 'reached' ? {} : { said: `words ${at}` }) })),
});

test.each([
  [tried('no-answer', 'reached', 'refused'), 'reached', 2, 'words 2'],
  [tried('no-answer', 'refused'), 'refused', 2, 'words 1'],
  [tried('unclear', 'refused'), 'unclear', 1, 'words 1'],
  [tried('reached'), 'reached', 0, null],
  [tried(), 'unclear', 0, null],
])('%j: %s', (attempts, outcome, failed, words) => {
  expect([outcomeOf(attempts, 'reached'), failedAttempts(attempts, 'reached'), lastWords(attempts)]).toEqual([
    outcome,
    failed,
    words,
  ]);
});

test('it is bad only where every attempt is known to be', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...OUTCOMES)), (outcomes) => {
      const bad = !['reached', 'unclear'].includes(outcomeOf(tried(...outcomes), 'reached'));
      expect(bad).toBe(outcomes.length > 0 && outcomes.every((one) => one === 'refused' || one === 'no-answer'));
    }),
  );
});

test('half of the times are no more than the median, and half no less', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), (times) => {
      const middle = median(times.toSorted((a, b) => a - b)) ?? Number.NaN;
      expect(times).toContain(middle);
      expect(2 * times.filter((time) => time <= middle).length).toBeGreaterThanOrEqual(times.length);
      expect(2 * times.filter((time) => time >= middle).length).toBeGreaterThanOrEqual(times.length);
    }),
  );
  expect(median([])).toBeNull();
});
