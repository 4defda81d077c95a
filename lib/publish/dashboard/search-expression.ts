import { labelValue } from '#lib/publish/dashboard/label-value.ts';
import { NAMESPACE } from '#lib/publish/put-metrics.ts';

/** The series of one metric, found by their dimensions when the dashboard is looked at. */
export interface MetricSearch {
  readonly metric: string;
  /** Exactly the dimensions that the metric is published with. */
  readonly dimensions: readonly string[];
  /** Values by dimension; of several, any. */
  readonly where: Readonly<Record<string, string | readonly string[]>>;
  readonly statistic: 'Maximum' | 'Minimum' | 'Average';
}

/**
 * Source: Amazon CloudWatch User Guide, "CloudWatch search expression syntax".
 * @param period seconds
 * @throws Error for a value that cannot stand in a search
 */
export function searchExpression({ metric, dimensions, where, statistic }: MetricSearch, period: number): string {
  const terms = Object.entries(where).map(([dimension, value]) => `${dimension}=${anyOf([value].flat())}`);
  const search = [`{${[NAMESPACE, ...dimensions].join(',')}}`, `MetricName="${metric}"`, ...terms].join(' ');
  return `SEARCH('${search}', '${statistic}', ${period})`;
}

function anyOf(values: readonly string[]): string {
  const exact = values.map((value) => `"${labelValue(value)}"`);
  return exact.length === 1 ? exact.join() : `(${exact.join(' OR ')})`;
}
