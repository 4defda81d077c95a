import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distribution } from '#lib/model/metric.ts';

test('a distribution holds every reading once, in ascending order of value', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (readings) => {
      const { values, counts } = distribution(readings);
      expect(values.flatMap((value, index) => Array<number>(counts[index] ?? 0).fill(value))).toEqual(
        [...readings].sort((a, b) => a - b),
      );
      expect(new Set(values).size).toBe(values.length);
    }),
  );
});
