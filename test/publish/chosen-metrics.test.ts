import { expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import type { Metric, MetricDeclaration } from '#lib/model/metric.ts';
import { chosenMetrics } from '#lib/publish/chosen-metrics.ts';
import { SYMPTOMS } from '#lib/publish/dashboard/symptoms.ts';
import { wantedSeries } from '#lib/publish/metric-history.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const declared = (name: string): MetricDeclaration => ({ name, unit: 'Count', per: 'cluster', description: name });
const checks = [aCheck({ metrics: [{ ...declared('NodesNotReady'), essential: true }, declared('NodesCordoned')] })];
const metrics: Metric[] = ['NodesNotReady', 'NodesCordoned', 'FindingsOpen'].map((name) => ({
  name,
  unit: 'Count',
  dimensions: {},
  value: 1,
}));

test.each([
  { choice: 'default', published: ['NodesNotReady', 'FindingsOpen'] },
  { choice: 'all', published: ['NodesNotReady', 'NodesCordoned', 'FindingsOpen'] },
] as const)('$choice publishes $published', ({ choice, published }) => {
  expect(chosenMetrics(metrics, choice, checks).map(({ name }) => name)).toEqual(published);
});

test('what forecasts recall of CloudWatch is published by default', () => {
  const target = {
    account: '111122223333',
    region: 'eu-west-1',
    name: 'shop',
    arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop',
  };
  const recalled = wantedSeries(CHECKS, target, ['subnet-a'], new Map()).map(({ series }) => series);
  expect(recalled.length).toBeGreaterThan(0);
  const read = recalled.map((name): Metric => ({ name, unit: 'Count', dimensions: {}, value: 1 }));
  expect(chosenMetrics(read, 'default', CHECKS)).toEqual(read);
});

test('every metric that an alarm is on is published by default', () => {
  const essential = CHECKS.flatMap((check) => check.metrics.filter((metric) => metric.essential).map(({ name }) => name));
  for (const { metric } of SYMPTOMS) expect(essential).toContain(metric);
});
