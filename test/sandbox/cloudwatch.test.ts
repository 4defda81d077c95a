import { type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Entered, enter, NOW } from './start.ts';

let entered: Entered;
beforeAll(async () => {
  entered = await enter(embeddedFleet(NOW));
});
afterAll(() => entered?.[Symbol.asyncDispose]());

const put = (MetricData: MetricDatum[], Namespace = 'CNIWatch') =>
  entered.cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));
const datum: MetricDatum = { MetricName: 'FreeIps', Value: 3, Unit: 'Count' };
const dimensions = (count: number, value = 'v') => times(count, (at) => ({ Name: `d${at}`, Value: value }));

it('what was published can be looked at', async () => {
  await put([{ ...datum, Timestamp: NOW, Dimensions: [{ Name: 'SubnetId', Value: 'subnet-a' }] }]);
  await put([{ MetricName: 'NodeIps', Values: [1, 2], Counts: [3, 4], Unit: 'Percent' }]);
  expect(entered.sandbox.metrics()).toEqual([
    {
      namespace: 'CNIWatch',
      name: 'FreeIps',
      unit: 'Count',
      value: 3,
      timestamp: NOW.getTime() / 1000,
      dimensions: { SubnetId: 'subnet-a' },
    },
    { namespace: 'CNIWatch', name: 'NodeIps', unit: 'Percent', values: [1, 2], counts: [3, 4], dimensions: {} },
  ]);
});

describe('limits', () => {
  it.each<[string, MetricDatum[]]>([
    ['1,000 metrics', times(1000, () => datum)],
    ['150 values', [{ MetricName: 'NodeIps', Values: times(150, (at) => at) }]],
    ['30 dimensions', [{ ...datum, Dimensions: dimensions(30) }]],
    ['a value of 1,024 characters', [{ ...datum, Dimensions: dimensions(1, 'v'.repeat(1024)) }]],
  ])('%s are taken', async (_, data) => {
    await expect(put(data)).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it.each<[string, MetricDatum[], string?]>([
    ['1,001 metrics', times(1001, () => datum)],
    ['151 values', [{ MetricName: 'NodeIps', Values: times(151, (at) => at) }]],
    ['31 dimensions', [{ ...datum, Dimensions: dimensions(31) }]],
    ['a dimension of 1,025 characters', [{ ...datum, Dimensions: dimensions(1, 'v'.repeat(1025)) }]],
    ['a dimension without value', [{ ...datum, Dimensions: dimensions(1, '') }]],
    ['fewer counts than values', [{ MetricName: 'NodeIps', Values: [1, 2], Counts: [1] }]],
    ['neither value nor values', [{ MetricName: 'NodeIps' }]],
    ["AWS's own namespaces", [datum], 'AWS/EKS'],
    [
      'more than a megabyte, however well it is compressed',
      times(999, () => ({ ...datum, Dimensions: dimensions(2, 'v'.repeat(600)) })),
    ],
  ])('%s are refused, and nothing of them is kept', async (_, data, namespace) => {
    const before = entered.sandbox.metrics().length;
    await expect(put(data, namespace)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(entered.sandbox.metrics()).toHaveLength(before);
  });
});
