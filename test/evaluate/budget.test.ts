import { expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { seriesPerCluster } from '#lib/evaluate/budget.ts';
import type { MetricDeclaration } from '#lib/model/metric.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const metric = (per: MetricDeclaration['per']): MetricDeclaration => ({ name: per, unit: 'Count', per, description: per });

test.each([
  { metrics: [], subnets: 6, series: 3 },
  { metrics: [metric('cluster')], subnets: 6, series: 4 },
  { metrics: [metric('distribution')], subnets: 6, series: 4 },
  { metrics: [metric('subnet'), metric('subnet'), metric('cluster')], subnets: 6, series: 16 },
])('$metrics.length metrics over $subnets subnets are $series series', ({ metrics, subnets, series }) => {
  expect(seriesPerCluster([aCheck({ metrics })], { subnets })).toBe(series);
});

test('a cluster of six subnets stays within its budget of 40 series', () => {
  expect(seriesPerCluster(CHECKS, { subnets: 6 })).toBeLessThanOrEqual(40);
});
