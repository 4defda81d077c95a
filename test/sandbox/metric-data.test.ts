import {
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  PutMetricDataCommand,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { answerMetricData } from '#lib/sandbox/metric-data.ts';
import type { MetricSeries } from '#lib/sandbox/world.ts';
import { type Entered, enter, NOW } from './start.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const series = (id: string, points: readonly (readonly [msAgo: number, value: number])[]): MetricSeries => ({
  namespace: 'CNIWatch',
  name: 'FreeIps',
  dimensions: { SubnetId: id },
  points: points.map(([msAgo, value]) => ({ at: ago(msAgo).toISOString(), value })),
});
const everyMinute = (count: number) => Array.from({ length: count }, (_, at) => [(count - at) * MINUTE, at] as const);

const HISTORY = [
  series('subnet-a', everyMinute(60)),
  series('subnet-b', [[10 * MINUTE, 7]]),
  series('subnet-old', [
    [16 * DAY, 1],
    [64 * DAY, 2],
    [456 * DAY, 3],
  ]),
];

let entered: Entered;
beforeAll(async () => {
  entered = await enter({ ...embeddedFleet(NOW), metricHistory: HISTORY }, { now: () => NOW });
});
afterAll(() => entered?.[Symbol.asyncDispose]());

const query = (id: string, of: { period?: number; stat?: string; as?: string } = {}): MetricDataQuery => ({
  Id: of.as ?? 'm',
  MetricStat: {
    Metric: { Namespace: 'CNIWatch', MetricName: 'FreeIps', Dimensions: [{ Name: 'SubnetId', Value: id }] },
    Period: of.period ?? 60,
    Stat: of.stat ?? 'Average',
  },
});
const request = (queries: MetricDataQuery[], over: Partial<GetMetricDataCommandInput> = {}): GetMetricDataCommandInput => ({
  MetricDataQueries: queries,
  StartTime: ago(60 * MINUTE),
  EndTime: NOW,
  ScanBy: 'TimestampAscending',
  ...over,
});
const get = (queries: MetricDataQuery[], over: Partial<GetMetricDataCommandInput> = {}) =>
  entered.cloudwatch.send(new GetMetricDataCommand(request(queries, over)));
const values = async (queries: MetricDataQuery[], over: Partial<GetMetricDataCommandInput> = {}) =>
  (await get(queries, over)).MetricDataResults?.map(({ Values }) => Values);

describe('statistics', () => {
  it.each([
    ['Average', [14.5, 44.5]],
    ['Minimum', [0, 30]],
    ['Maximum', [29, 59]],
    ['Sum', [435, 1335]],
    ['SampleCount', [30, 30]],
  ])('%s of each period', async (stat, wanted) => {
    expect(await values([query('subnet-a', { period: 1800, stat })])).toEqual([wanted]);
  });

  it('begin with the period that StartTime falls into, and end before EndTime', async () => {
    const { MetricDataResults: [result] = [] } = await get([query('subnet-a', { period: 300 })], {
      StartTime: ago(9 * MINUTE),
      EndTime: ago(5 * MINUTE),
    });
    expect(result?.Timestamps).toEqual([ago(10 * MINUTE)]);
  });

  it('come the newest first unless asked otherwise', async () => {
    const { MetricDataResults: [result] = [] } = await get([query('subnet-a', { period: 1800, stat: 'Minimum' })], {
      ScanBy: undefined,
    });
    expect(result?.Values).toEqual([30, 0]);
  });

  it('are of exactly these dimensions, and none of a metric that nobody published', async () => {
    expect(await values([query('subnet-b'), query('subnet-z', { as: 'z' })])).toEqual([[7], []]);
  });

  it('are of what PutMetricData was given too, each value as often as it says', async () => {
    const MetricData = [
      {
        MetricName: 'FreeIps',
        Dimensions: [{ Name: 'SubnetId', Value: 'subnet-new' }],
        Timestamp: ago(MINUTE),
        Values: [2, 8],
        Counts: [3, 1],
      },
    ];
    await entered.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'CNIWatch', MetricData }));
    const asked = ['Average', 'SampleCount'].map((stat) => query('subnet-new', { stat, as: stat.toLowerCase() }));
    expect(await values(asked)).toEqual([[3.5], [4]]);
  });

  it.each([
    ['a minute: 15 days', 60, []],
    ['five minutes: 63 days', 300, [1]],
    ['an hour: 455 days', 3600, [2, 1]],
  ])('are kept as long as CloudWatch keeps a period of %s', async (_, period, wanted) => {
    expect(await values([query('subnet-old', { period })], { StartTime: ago(500 * DAY) })).toEqual([wanted]);
  });
});

describe('pages', () => {
  it('are cut at MaxDatapoints, and say of the metric that goes on that it is partial', async () => {
    const both = [query('subnet-a'), query('subnet-b', { as: 'b' })];
    const first = await get(both, { MaxDatapoints: 40 });
    expect(first.MetricDataResults?.map(({ StatusCode }) => StatusCode)).toEqual(['PartialData', 'PartialData']);
    const second = await get(both, { MaxDatapoints: 40, NextToken: first.NextToken });
    expect(second.MetricDataResults?.map(({ StatusCode }) => StatusCode)).toEqual(['Complete', 'Complete']);
    expect(second.NextToken).toBeUndefined();
  });

  it('of any size make up the whole, through the client’s own paginator', async () => {
    const both = [query('subnet-a'), query('subnet-b', { as: 'b' })];
    for (const MaxDatapoints of [1, 7, 59, 60, 61, 100]) {
      const found: Record<string, number[]> = {};
      for await (const { MetricDataResults = [] } of paginateGetMetricData(
        { client: entered.cloudwatch },
        request(both, { MaxDatapoints }),
      ))
        for (const { Id = '', Values = [] } of MetricDataResults) found[Id] = [...(found[Id] ?? []), ...Values];
      expect(found).toEqual({ m: everyMinute(60).map(([, value]) => value), b: [7] });
    }
  });
});

describe('requests that are refused', () => {
  it.each<[string, MetricDataQuery[], Partial<GetMetricDataCommandInput>, string]>([
    ['501 queries', Array.from({ length: 501 }, (_, at) => query('subnet-a', { as: `m${at}` })), {}, 'size greater than 500'],
    ['no query', [], {}, 'MetricDataQueries is required'],
    ['an end before the start', [query('subnet-a')], { EndTime: ago(2 * DAY) }, 'must be less than'],
    ['an id of capitals', [query('subnet-a', { as: 'M' })], {}, 'lower-case'],
    ['one id twice', [query('subnet-a'), query('subnet-b')], {}, 'not unique'],
    ['a period of 90 s', [query('subnet-a', { period: 90 })], {}, 'multiple of 60'],
    ['a statistic that is none', [query('subnet-a', { stat: 'Median' })], {}, 'Stat'],
    ['100,801 datapoints', [query('subnet-a')], { MaxDatapoints: 100_801 }, 'MaxDatapoints'],
    ['a token that no page gave', [query('subnet-a')], { NextToken: 'x' }, 'token'],
    ['an expression', [{ Id: 'e', Expression: 'm * 2' }], {}, 'expressions'],
  ])('%s', async (_, queries, over, message) => {
    await expect(get(queries, over)).rejects.toThrow(message);
  });

  it('500 queries are taken', async () => {
    expect(await values(Array.from({ length: 500 }, (_, at) => query('subnet-b', { as: `m${at}` })))).toHaveLength(500);
  });
});

it('property: minimum <= average <= maximum, and sums and counts over periods add up to those of all samples', () => {
  const sample = fc.tuple(fc.integer({ min: 1, max: 60 * MINUTE }), fc.integer({ min: -1000, max: 1000 }));
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 80 }), fc.constantFrom(60, 300, 600, 3600), (points, period) => {
      const body = (stat: string) =>
        JSON.stringify({
          MetricDataQueries: [query('subnet-p', { period, stat })],
          StartTime: ago(2 * 60 * MINUTE).getTime() / 1000,
          EndTime: NOW.getTime() / 1000,
        });
      const measured = { history: [series('subnet-p', points)], published: [], now: NOW.getTime() / 1000 };
      const of = (stat: string): number[] => JSON.parse(answerMetricData(measured, body(stat))).MetricDataResults[0].Values;
      const total = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0);
      const [least, mean, most] = [of('Minimum'), of('Average'), of('Maximum')];
      const ordered = mean.every((value, at) => (least[at] ?? 0) <= value + 1e-9 && value <= (most[at] ?? 0) + 1e-9);
      return (
        ordered && total(of('Sum')) === total(points.map(([, value]) => value)) && total(of('SampleCount')) === points.length
      );
    }),
  );
});
