import type { PublishedMetric } from '#lib/sandbox/cloudwatch.ts';
import {
  type MetricDataRequest,
  type MetricQuery,
  readMetricDataRequest,
  type Statistic,
} from '#lib/sandbox/metric-data-request.ts';
import { pageToken } from '#lib/sandbox/page-token.ts';
import type { MetricSeries } from '#lib/sandbox/world.ts';

/** What was measured, what of it was published since the sandbox started, and the time now in epoch seconds. */
export interface MeasuredMetrics {
  readonly history: readonly MetricSeries[];
  readonly published: readonly PublishedMetric[];
  readonly now: number;
}

/** A value that was sent once or more. */
interface Sample {
  /** Epoch seconds. */
  readonly at: number;
  readonly value: number;
  readonly count: number;
}

interface Datapoint {
  readonly at: number;
  readonly value: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
/** How long datapoints of a period are kept, in seconds. Source: CloudWatch API Reference, GetMetricData. */
const RETENTION = [
  { below: 60, kept: 3 * HOUR },
  { below: 300, kept: 15 * DAY },
  { below: 3600, kept: 63 * DAY },
  { below: Number.POSITIVE_INFINITY, kept: 455 * DAY },
] as const;

/**
 * GetMetricData: one page of statistics by period. A metric that nobody published has no values, and is no error.
 * @throws AwsError
 */
export function answerMetricData(measured: MeasuredMetrics, body: string): string {
  const request = readMetricDataRequest(body);
  const { queries, mostDatapoints, skip } = request;
  let passed = 0;
  let more = false;
  const results = queries.map((query) => {
    const all = datapoints(measured, query, request);
    const from = Math.max(0, skip - passed);
    const to = Math.min(all.length, skip + mostDatapoints - passed);
    passed += all.length;
    const cut = to < all.length;
    more ||= cut;
    const page = all.slice(from, Math.max(from, to));
    return {
      Id: query.id,
      Label: query.label,
      Timestamps: page.map(({ at }) => at),
      Values: page.map(({ value }) => value),
      StatusCode: cut ? 'PartialData' : 'Complete',
    };
  });
  return JSON.stringify({
    MetricDataResults: results,
    Messages: [],
    ...(more ? { NextToken: pageToken(skip + mostDatapoints) } : {}),
  });
}

function datapoints(measured: MeasuredMetrics, query: MetricQuery, { start, end, ascending }: MetricDataRequest): Datapoint[] {
  const { period, statistic } = query;
  const kept = RETENTION.find(({ below }) => period < below)?.kept ?? 0;
  const first = Math.max(Math.floor(start / period) * period, measured.now - kept);
  const periods = new Map<number, Sample[]>();
  for (const sample of samples(measured, query)) {
    const at = Math.floor(sample.at / period) * period;
    if (at < first || at >= end) continue;
    const others = periods.get(at);
    if (others === undefined) periods.set(at, [sample]);
    else others.push(sample);
  }
  const direction = ascending ? 1 : -1;
  return [...periods].map(([at, of]) => ({ at, value: statisticOf(of, statistic) })).sort((a, b) => direction * (a.at - b.at));
}

function statisticOf(samples: readonly Sample[], statistic: Statistic): number {
  const count = samples.reduce((sum, sample) => sum + sample.count, 0);
  const sum = samples.reduce((total, { value, count: times }) => total + value * times, 0);
  switch (statistic) {
    case 'Minimum':
      return samples.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case 'Maximum':
      return samples.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    case 'Average':
      return sum / count;
    case 'Sum':
      return sum;
    case 'SampleCount':
      return count;
  }
}

/** All of one metric, in no order. Dimensions are part of its name: a metric with one more is another metric. */
function samples({ history, published, now }: MeasuredMetrics, query: MetricQuery): Sample[] {
  const isAskedFor = ({ namespace, name, dimensions, unit }: MetricSeries | PublishedMetric) =>
    namespace === query.namespace &&
    name === query.name &&
    (query.unit === undefined || unit === query.unit) &&
    sameDimensions(dimensions, query.dimensions);
  return [
    ...history
      .filter(isAskedFor)
      .flatMap(({ points }) => points.map(({ at, value }) => ({ at: Date.parse(at) / 1000, value, count: 1 }))),
    ...published
      .filter(isAskedFor)
      .flatMap(({ timestamp: at = now, value, values = [], counts = [] }) =>
        value === undefined
          ? values.map((each, index) => ({ at, value: each, count: counts[index] ?? 1 }))
          : [{ at, value, count: 1 }],
      ),
  ];
}

function sameDimensions(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
