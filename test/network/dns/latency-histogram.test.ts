import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countWithin, type LatencyHistogram, latencyQuantile, mergeHistograms } from '#lib/network/dns/latency-histogram.ts';

/** CoreDNS's own bounds: a quarter of a millisecond, doubled fifteen times. */
const BOUNDS = Array.from({ length: 16 }, (_, at) => 0.00025 * 2 ** at);
const histogramOf = (seconds: readonly number[], bounds: readonly number[] = BOUNDS): LatencyHistogram => ({
  buckets: bounds.map((le) => ({ le, count: seconds.filter((each) => each <= le).length })),
  count: seconds.length,
});

const TEN = {
  buckets: [
    { le: 1, count: 4 },
    { le: 2, count: 8 },
    { le: 4, count: 8 },
  ],
  count: 10,
};

test.each([
  [0, 0],
  [0.2, 0.5],
  [0.4, 1],
  [0.6, 1.5],
  [0.8, 2],
  [0.9, 4],
  [1, 4],
])('%f of ten requests take no more than %f s', (share, seconds) => {
  expect(latencyQuantile(TEN, share)).toBeCloseTo(seconds);
});

test.each([
  [0.5, 2],
  [1, 4],
  [1.5, 6],
  [3, 8],
  [4, 8],
  [100, 8],
])('within %f s are %f', (seconds, count) => {
  expect(countWithin(TEN, seconds)).toBeCloseTo(count);
});

test.each([
  ['no histogram at all', mergeHistograms([])],
  ['no request', histogramOf([])],
  ['no bound', { buckets: [], count: 5 }],
])('%s tells nothing', (_name, histogram) => {
  expect(latencyQuantile(histogram, 0.99)).toBeUndefined();
  expect(countWithin(histogram, 1)).toBe(0);
});

const latencies = fc.array(fc.double({ min: 0.00001, max: 12, noNaN: true }), { minLength: 1, maxLength: 60 });
const share = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('whatever the latencies are', () => {
  test('the quantile falls into the bucket of the true one', () => {
    fc.assert(
      fc.property(latencies, share, (seconds, of) => {
        const sorted = seconds.toSorted((a, b) => a - b);
        const truth = sorted[Math.ceil(of * sorted.length) - 1] ?? 0;
        const upper = BOUNDS.find((bound) => bound >= truth);
        const lower = upper === undefined ? BOUNDS.at(-1) : (BOUNDS[BOUNDS.indexOf(upper) - 1] ?? 0);
        const estimate = latencyQuantile(histogramOf(seconds), of) ?? -1;
        expect(estimate).toBeGreaterThanOrEqual(lower ?? 0);
        expect(estimate).toBeLessThanOrEqual(upper ?? BOUNDS.at(-1) ?? 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('quantiles and counts rise together, and are each other turned round', () => {
    fc.assert(
      fc.property(latencies, share, share, (seconds, a, b) => {
        const histogram = histogramOf(seconds);
        const [low = 0, high = 0] = [a, b].toSorted((x, y) => x - y).map((of) => latencyQuantile(histogram, of));
        expect(low).toBeLessThanOrEqual(high);
        expect(countWithin(histogram, low)).toBeLessThanOrEqual(countWithin(histogram, high));
        const topmost = (BOUNDS.at(-1) ?? 0) - 1e-9;
        if (high < topmost) expect(countWithin(histogram, high)).toBeCloseTo(Math.max(a, b) * histogram.count, 6);
      }),
      { numRuns: 1000 },
    );
  });

  test('the sum of histograms is the histogram of all', () => {
    fc.assert(
      fc.property(
        fc.array(latencies, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.0001, max: 10, noNaN: true }),
        (parts, limit) => {
          const merged = mergeHistograms(parts.map((part) => histogramOf(part)));
          expect(merged).toEqual(histogramOf(parts.flat()));
          const separately = parts.reduce((sum, part) => sum + countWithin(histogramOf(part), limit), 0);
          expect(countWithin(merged, limit)).toBeCloseTo(separately, 6);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('bounds that one lacks are left out', () => {
    const merged = mergeHistograms([histogramOf([0.1, 3]), histogramOf([0.2], [0.25e-3, 1, 1.024])]);
    expect(merged).toEqual({
      buckets: [
        { le: 0.00025, count: 0 },
        { le: 1.024, count: 2 },
      ],
      count: 3,
    });
  });
});
