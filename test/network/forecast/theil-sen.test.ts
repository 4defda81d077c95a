import fc from 'fast-check';
import { expect, test } from 'vitest';
import { theilSen } from '#lib/network/forecast/theil-sen.ts';
import { seeded } from '#test/bench/forecast-movements.ts';

const line = (xs: readonly number[], slope: number) => xs.map((x) => 100 + slope * x);
const hours = Array.from({ length: 12 }, (_, hour) => hour);

test.each([
  ['a line', line(hours, -3), -3],
  ['a line with three wild readings of twelve', line(hours, -3).map((y, at) => (at % 5 === 0 ? 5000 : y)), -3],
  ['a level', line(hours, 0), 0],
])('the slope of %s', (_, ys, slope) => {
  expect(theilSen(hours, ys)?.slope).toBeCloseTo(slope);
});

test.each([
  ['no point', [], []],
  ['one point', [1], [2]],
  ['points of one instant', [1, 1, 1], [2, 3, 4]],
])('%s has no slope', (_, xs, ys) => {
  expect(theilSen(xs, ys)).toBeUndefined();
});

test('six points by hand: the middle of their 15 slopes, and the ranks of its interval', () => {
  // Slopes in order: -1, 0, 1/2, 2/3, 2/3, 1, 1, 1, 1, 5/4, 4/3, 3/2, 3/2, 2, 3.
  const found = theilSen([1, 2, 3, 4, 5, 6], [1, 2, 4, 3, 6, 6]);
  expect(found?.slope).toBeCloseTo(1);
  // z of S is 1.96 times the root of 6 * 5 * 17 / 18 = 10.43: ranks 2 and 14 of 15, counted from 1.
  expect(found?.least).toBeCloseTo(0);
  expect(found?.most).toBeCloseTo(2);
});

const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -100, max: 100 })), {
  minLength: 2,
  maxLength: 20,
});

test('the slope is the median of all slopes between two points, and lies in its interval', () => {
  fc.assert(
    fc.property(points, (drawn) => {
      const slopes = drawn
        .flatMap(([x, y], at) => drawn.slice(at + 1).map(([x2, y2]) => (x2 === x ? Number.NaN : (y2 - y) / (x2 - x))))
        .filter((slope) => !Number.isNaN(slope))
        .sort((one, other) => one - other);
      const found = theilSen(
        drawn.map(([x]) => x),
        drawn.map(([, y]) => y),
      );
      if (slopes.length === 0) {
        expect(found).toBeUndefined();
        return;
      }
      const middle = (slopes.length - 1) / 2;
      expect(found?.slope).toBeCloseTo(((slopes[Math.floor(middle)] ?? 0) + (slopes[Math.ceil(middle)] ?? 0)) / 2);
      expect(found?.least).toBeLessThanOrEqual(found?.slope ?? Number.NaN);
      expect(found?.most).toBeGreaterThanOrEqual(found?.slope ?? Number.NaN);
    }),
  );
});

test('about 95 of 100 intervals hold the slope that noise was added to', () => {
  const random = seeded(1);
  const held = Array.from({ length: 400 }, () => {
    const found = theilSen(
      hours,
      line(hours, -3).map((y) => y + 10 * random.normal()),
    );
    return found !== undefined && found.least <= -3 && -3 <= found.most;
  });
  const share = held.filter(Boolean).length / held.length;
  expect(share).toBeGreaterThan(0.92);
  expect(share).toBeLessThan(0.99);
});
