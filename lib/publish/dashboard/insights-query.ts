import { labelValue } from '#lib/publish/dashboard/label-value.ts';
import { NAMESPACE } from '#lib/publish/put-metrics.ts';

/** A query of CloudWatch Metrics Insights over cniwatch's own metrics. */
export interface InsightsQuery {
  readonly metric: string;
  /** Exactly the dimensions that the metric is published with, in any order. */
  readonly dimensions: readonly string[];
  readonly where?: readonly LabelFilter[];
  /** One series for each combination of these. */
  readonly groupBy: readonly string[];
  /** Which values come first: of more series than CloudWatch returns (500), or than `limit`, the others are left out. */
  readonly worst: 'highest' | 'lowest';
  readonly limit?: number;
}

export interface LabelFilter {
  readonly label: string;
  readonly is?: string;
  readonly isNot?: string;
}

/**
 * Every identifier stands in quotation marks, as reserved words among them must: ACCOUNT and REGION would be such.
 * Source: Amazon CloudWatch User Guide, "Metrics Insights query components and syntax" and "Metrics Insights reserved keywords".
 * @throws Error for a value that cannot stand in a query
 */
export function insightsQuery({ metric, dimensions, where = [], groupBy, worst, limit }: InsightsQuery): string {
  const [statistic, direction] = worst === 'highest' ? ['MAX', 'DESC'] : ['MIN', 'ASC'];
  const conditions = where.map(({ label, is, isNot }) =>
    is === undefined ? `${quoted(label)} != '${labelValue(isNot ?? '')}'` : `${quoted(label)} = '${labelValue(is)}'`,
  );
  return [
    `SELECT ${statistic}(${quoted(metric)})`,
    `FROM SCHEMA(${[NAMESPACE, ...dimensions].map(quoted).join(', ')})`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(' AND ')}`] : []),
    `GROUP BY ${groupBy.map(quoted).join(', ')}`,
    `ORDER BY ${statistic}() ${direction}`,
    ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
  ].join(' ');
}

const quoted = (identifier: string): string => `"${identifier}"`;
