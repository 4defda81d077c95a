import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Metric } from '#lib/model/metric.ts';

/** `Values` and `Counts` of one datum hold at most 150 entries. Source: CloudWatch API reference, MetricDatum. */
const MAX_VALUES = 150;
/** A magnitude above 2^360 is refused. Source: CloudWatch API reference, MetricDatum. */
const MAX_MAGNITUDE = 2 ** 360;

/** A metric that CloudWatch would refuse, with all its request: it is left out and reported. */
export interface RejectedMetric {
  readonly metric: Metric;
  readonly reason: string;
}

/** The data of one metric at one time: several where a distribution has more than 150 distinct values. */
export function metricData(metric: Metric, at: Date): MetricDatum[] {
  const identity = {
    MetricName: metric.name,
    Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: at,
    Unit: metric.unit,
  };
  if ('value' in metric) return [{ ...identity, Value: metric.value }];
  const data: MetricDatum[] = [];
  for (let start = 0; start < metric.values.length; start += MAX_VALUES) {
    data.push({
      ...identity,
      Values: metric.values.slice(start, start + MAX_VALUES),
      Counts: metric.counts.slice(start, start + MAX_VALUES),
    });
  }
  return data;
}

/**
 * Why CloudWatch would refuse this metric, where it would: one bad datum fails the whole request.
 * Source: CloudWatch API reference, MetricDatum and Dimension.
 */
export function whyRefused(metric: Metric): string | undefined {
  const values = 'value' in metric ? [metric.value] : metric.values;
  const odd = values.find((value) => !Number.isFinite(value) || Math.abs(value) > MAX_MAGNITUDE);
  if (odd !== undefined) return `${odd} is no value that CloudWatch takes`;
  if ('values' in metric && metric.values.length !== metric.counts.length)
    return `${metric.values.length} values with ${metric.counts.length} counts`;
  if ('values' in metric && !metric.counts.every((count) => Number.isFinite(count) && count > 0))
    return 'a count is not above zero';
  const dimensions = Object.entries(metric.dimensions);
  if (dimensions.length > 30) return `${dimensions.length} dimensions, and CloudWatch takes 30`;
  const bad = dimensions.find(([, value]) => !/^[\x20-\x7e]{1,1024}$/.test(value) || value.trim() === '');
  return bad && `dimension ${bad[0]} is not 1 to 1,024 printable ASCII characters`;
}
