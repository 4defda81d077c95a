import {
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import type { Check } from '#lib/model/check.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Target } from '#lib/model/target.ts';
import { mergeTracks, type Ring, type Track } from '#lib/publish/history-ring.ts';
import { NAMESPACE } from '#lib/publish/put-metrics.ts';

export const METRIC_HISTORY_PERMISSIONS: Permissions = {
  aws: [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  kubernetes: [],
};

/** A series that CloudWatch may have: one that a check keeps readings of and publishes as a subnet's metric. */
export interface WantedSeries {
  readonly series: string;
  readonly id: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const HOUR = 3_600_000;
/** As fine as the ring, as far as CloudWatch keeps that. Milliseconds back, and seconds a point. */
const SPANS = [
  { from: 48 * HOUR, to: 0, period: 300 },
  { from: 28 * 24 * HOUR, to: 48 * HOUR, period: 3600 },
] as const;

/** GetMetricData takes 500 queries a request. Source: CloudWatch API reference, GetMetricData. */
const MOST_QUERIES = 500;

/**
 * The series of these checks for these subnets. One that is kept already is not asked for again: a subnet that it lacks is one that
 * nobody forecasts, or a new one, and asking for it anew in each run would bring nothing.
 */
export function wantedSeries(
  checks: readonly Check[],
  { account: Account, region: Region }: Target,
  subnetIds: readonly string[],
  known: Ring,
): WantedSeries[] {
  const series = checks.flatMap(({ metrics, history = {} }) =>
    metrics.filter(({ name, per }) => per === 'subnet' && history[name] !== undefined).map(({ name }) => name),
  );
  return series
    .filter((name) => known.get(name) === undefined)
    .flatMap((name) => subnetIds.map((id) => ({ series: name, id, dimensions: { Account, Region, SubnetId: id } })));
}

/**
 * What cniwatch published of these series in the last four weeks: for a first run with a hub that has metrics and no history, and for
 * a laptop. Series that were never published are left out.
 * @param cloudwatch of the Region that metrics are published in
 * @throws MetricHistoryIncomplete; whatever the client throws
 */
export async function readMetricHistory(wanted: readonly WantedSeries[], options: ReadOptions): Promise<Ring> {
  const ring = new Map<string, Map<string, Track>>();
  for (let start = 0; start < wanted.length; start += MOST_QUERIES) {
    const some = wanted.slice(start, start + MOST_QUERIES);
    for (const span of SPANS) {
      for await (const result of results(some, span, options)) {
        const { Id = '', Timestamps = [], Values = [] } = result;
        const of = some[Number(Id.slice(1))];
        if (of === undefined || result.StatusCode === 'InternalError' || result.StatusCode === 'Forbidden')
          throw new MetricHistoryIncomplete(result);
        if (Timestamps.length > 0) add(ring, of, { at: Timestamps.map((time) => time.getTime()), value: Values });
      }
    }
  }
  return ring;
}

interface ReadOptions {
  readonly cloudwatch: CloudWatchClient;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

async function* results(
  wanted: readonly WantedSeries[],
  { from, to, period }: (typeof SPANS)[number],
  { cloudwatch, now, signal }: ReadOptions,
): AsyncGenerator<MetricDataResult> {
  const request = {
    StartTime: new Date(now.getTime() - from),
    EndTime: new Date(now.getTime() - to),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: wanted.map(query(period)),
  } as const;
  const pages = paginateGetMetricData({ client: cloudwatch }, request, signal ? { abortSignal: signal } : {});
  for await (const { MetricDataResults = [] } of pages) yield* MetricDataResults;
}

/** A series may come in several pages. */
function add(ring: Map<string, Map<string, Track>>, { series, id }: WantedSeries, track: Track): void {
  const tracks = ring.get(series) ?? new Map<string, Track>();
  ring.set(series, tracks.set(id, mergeTracks(tracks.get(id), track)));
}

/** CloudWatch could not answer a part. */
export class MetricHistoryIncomplete extends Error {
  override readonly name = 'MetricHistoryIncomplete';
  constructor({ Id, StatusCode, Messages: [message] = [] }: MetricDataResult) {
    super(`GetMetricData answered ${StatusCode} for ${Id}${message?.Value ? `: ${message.Value}` : ''}`);
  }
}

/** Several clusters publish a shared subnet at nearly the same time: their average is the figure itself. */
function query(Period: number): (of: WantedSeries, index: number) => MetricDataQuery {
  return ({ series, dimensions }, index) => ({
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: NAMESPACE,
        MetricName: series,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat: 'Average',
    },
  });
}
