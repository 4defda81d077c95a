import { AwsError } from '#lib/sandbox/aws-error.ts';
import { pageStart } from '#lib/sandbox/page-token.ts';

export const STATISTICS = ['Minimum', 'Maximum', 'Average', 'Sum', 'SampleCount'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** One `MetricStat` query. */
export interface MetricQuery {
  readonly id: string;
  readonly label: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit?: string;
  /** Seconds. */
  readonly period: number;
  readonly statistic: Statistic;
}

/** GetMetricData's parameters. Times are epoch seconds. */
export interface MetricDataRequest {
  readonly queries: readonly MetricQuery[];
  readonly start: number;
  readonly end: number;
  readonly ascending: boolean;
  readonly mostDatapoints: number;
  /** Datapoints that earlier pages gave. */
  readonly skip: number;
}

interface Body {
  readonly MetricDataQueries?: readonly Query[];
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly ScanBy?: string;
  readonly MaxDatapoints?: number;
  readonly NextToken?: string;
}

interface Query {
  readonly Id?: string;
  readonly Label?: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric?: {
      readonly Namespace?: string;
      readonly MetricName?: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period?: number;
    readonly Stat?: string;
    readonly Unit?: string;
  };
}

/** Source: CloudWatch API Reference, GetMetricData: queries a request, and datapoints a page. */
const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;

/**
 * Reads GetMetricData's parameters, of which the sandbox knows the statistics of single metrics and no expressions.
 * @throws AwsError for what CloudWatch refuses, and for what the sandbox does not know
 */
export function readMetricDataRequest(body: string): MetricDataRequest {
  const { MetricDataQueries = [], StartTime, EndTime, ScanBy, MaxDatapoints = MOST_DATAPOINTS, NextToken } = parse(body);
  if (MetricDataQueries.length === 0) throw refused('The parameter MetricDataQueries is required.');
  if (MetricDataQueries.length > MOST_QUERIES)
    throw refused(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
  if (StartTime === undefined || EndTime === undefined) throw refused('The parameters StartTime and EndTime are required.');
  if (StartTime >= EndTime) throw refused('The parameter StartTime must be less than the parameter EndTime.');
  if (ScanBy !== undefined && !/^Timestamp(A|De)scending$/.test(ScanBy)) throw refused('The value for ScanBy is invalid.');
  if (!(MaxDatapoints >= 1 && MaxDatapoints <= MOST_DATAPOINTS)) throw refused('The value for MaxDatapoints is invalid.');
  const skip = pageStart(NextToken);
  if (skip === undefined) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  const queries = MetricDataQueries.map(readQuery);
  if (new Set(queries.map(({ id }) => id)).size < queries.length)
    throw refused('The values for parameter id in MetricDataQueries are not unique.');
  const ascending = ScanBy === 'TimestampAscending';
  return { queries, start: StartTime, end: EndTime, ascending, mostDatapoints: MaxDatapoints, skip };
}

function parse(body: string): Body {
  try {
    return JSON.parse(body) as Body;
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
}

function readQuery({ Id = '', Label, Expression, MetricStat, ReturnData = true }: Query): MetricQuery {
  if (!/^[a-z]\w*$/.test(Id)) throw refused(`The value "${Id}" for parameter Id starts with no lower-case letter.`);
  if (Expression !== undefined || !ReturnData) throw refused('The sandbox reads no expressions.');
  const { Metric, Period = 0, Stat = '', Unit } = MetricStat ?? {};
  const { Namespace, MetricName, Dimensions = [] } = Metric ?? {};
  if (!Namespace || !MetricName) throw refused(`The query ${Id} names no metric.`);
  if (!([1, 5, 10, 20, 30].includes(Period) || (Period > 0 && Period % 60 === 0)))
    throw refused('Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
  const statistic = STATISTICS.find((known) => known === Stat);
  if (statistic === undefined) throw refused(`The value ${Stat} for parameter Stat is not supported.`);
  return {
    id: Id,
    label: Label ?? MetricName,
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    ...(Unit === undefined ? {} : { unit: Unit }),
    period: Period,
    statistic,
  };
}

function refused(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
