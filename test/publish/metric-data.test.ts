import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Metric } from '#lib/model/metric.ts';
import { metricData, whyRefused } from '#lib/publish/metric-data.ts';

const at = new Date('2026-11-24T08:00:00Z');
const dimensions = { Account: '111122223333', Region: 'eu-west-1', Cluster: 'shop' };

test('a single number becomes one datum with its dimensions, unit and time', () => {
  expect(metricData({ name: 'FreeIps', unit: 'Count', dimensions: { Region: 'eu-west-1' }, value: 7 }, at)).toEqual([
    { MetricName: 'FreeIps', Unit: 'Count', Timestamp: at, Value: 7, Dimensions: [{ Name: 'Region', Value: 'eu-west-1' }] },
  ]);
});

test('a distribution is cut into data of at most 150 values, and every value keeps its count', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.integer({ min: 1 })), { maxLength: 700 }), (pairs) => {
      const [values, counts] = [pairs.map(([value]) => value), pairs.map(([, count]) => count)];
      const data = metricData({ name: 'NodeIps', unit: 'Count', dimensions, values, counts }, at);
      expect(data.flatMap((datum) => datum.Values)).toEqual(values);
      expect(data.flatMap((datum) => datum.Counts)).toEqual(counts);
      expect(data.every((datum) => datum.Values?.length === datum.Counts?.length)).toBe(true);
      expect(data.every((datum) => Number(datum.Values?.length) >= 1 && Number(datum.Values?.length) <= 150)).toBe(true);
    }),
  );
});

test('a distribution of no readings has nothing to publish', () => {
  expect(metricData({ name: 'NodeIps', unit: 'Count', dimensions, values: [], counts: [] }, at)).toEqual([]);
});

const base = { name: 'FreeIps', unit: 'Count', dimensions } as const;
const refused: [string, Metric, RegExp][] = [
  ['not a number', { ...base, value: Number.NaN }, /NaN/],
  ['an infinite value', { ...base, value: Number.POSITIVE_INFINITY }, /Infinity/],
  ['a value beyond 2^360', { ...base, values: [1, 2 ** 361], counts: [1, 1] }, /no value/],
  ['more values than counts', { ...base, values: [1, 2], counts: [1] }, /2 values with 1 counts/],
  ['a count of zero', { ...base, values: [1], counts: [0] }, /above zero/],
  ['an empty dimension', { ...base, value: 1, dimensions: { Cluster: '' } }, /dimension Cluster/],
  ['a blank dimension', { ...base, value: 1, dimensions: { Cluster: '  ' } }, /dimension Cluster/],
  ['a dimension beyond ASCII', { ...base, value: 1, dimensions: { Pool: 'größe' } }, /dimension Pool/],
  ['a dimension of 1,025 characters', { ...base, value: 1, dimensions: { Pool: 'x'.repeat(1025) } }, /dimension Pool/],
  [
    '31 dimensions',
    { ...base, value: 1, dimensions: Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`D${index}`, 'x'])) },
    /31 dimensions/,
  ],
];
test.each(refused)('%s is refused with its reason', (_title, metric, reason) => {
  expect(whyRefused(metric)).toMatch(reason);
});

test.each<[string, Metric]>([
  ['a number', { ...base, value: 0 }],
  ['a negative number', { ...base, value: -3.5 }],
  ['a distribution', { ...base, values: [1, 2], counts: [3, 4] }],
  ['an empty distribution', { ...base, values: [], counts: [] }],
])('%s is accepted', (_title, metric) => expect(whyRefused(metric)).toBeUndefined());
