import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastAtOnce, metricsCost, monthlyCost } from '#scripts/docs/cost-model.ts';

test('ten clusters every five minutes, counted by hand', () => {
  const series = { cluster: 11, optIn: 5, subnet: 2 };
  const cost = monthlyCost({ clusters: 10, subnets: 3, minutes: 5, checkSeconds: 6, series, fleetSeries: 10 });
  // 8,640 runs are 86,400 checks of 6 GB-seconds.
  expect(cost.lambda).toBeCloseTo(86_400 * 6 * 0.0000133334 + 86_400 * 0.0000002);
  expect(cost.stepFunctions).toBeCloseTo((8_640 * 7 + 86_400 * 3) * 0.000025);
  expect(cost.metrics).toBeCloseTo((10 * (11 + 6) + 10) * 0.3);
  expect(cost.total).toBeCloseTo(cost.lambda + cost.stepFunctions + cost.metrics + cost.others);
});

test.each([
  { series: 0, usd: 0 },
  { series: 10_000, usd: 3_000 },
  { series: 10_001, usd: 3_000.1 },
  { series: 20_000, usd: 4_000 },
])('$series metrics are $usd USD', ({ series, usd }) => {
  expect(metricsCost(series)).toBeCloseTo(usd);
});

test('as many at once as it takes are enough, and one less is not', () => {
  const whole = fc.integer({ min: 1, max: 1_000 });
  fc.assert(
    fc.property(whole, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 100 }), (clusters, minutes, checkSeconds) => {
      const atOnce = leastAtOnce({ clusters, minutes, checkSeconds });
      expect(atOnce * minutes * 60).toBeGreaterThanOrEqual(clusters * checkSeconds);
      expect((atOnce - 1) * minutes * 60).toBeLessThan(clusters * checkSeconds);
    }),
  );
});
