import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeTurns } from '#lib/network/take-turns.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

test('as many as may be taken, each once', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 200 }), fc.nat(10_000_000), (count, most, turn) => {
      const taken = takeTurns(upTo(count), most, turn);
      expect(taken).toHaveLength(Math.min(count, most));
      expect(new Set(taken).size).toBe(taken.length);
    }),
  );
});

test.each([1, 5, 15, 60])('all of 1,000 have had their turn by 200 at a time, at a turn every %i minutes', (interval) => {
  const seen = new Set<number>();
  for (let run = 0; run < 24; run++) for (const one of takeTurns(upTo(1000), 200, 29_500_000 + run * interval)) seen.add(one);
  expect(seen.size).toBe(1000);
});
