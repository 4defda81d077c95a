import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Metric } from '#lib/model/metric.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import { type BatchLimits, batches } from '#lib/publish/batches.ts';
import { metricData, type RejectedMetric, whyRefused } from '#lib/publish/metric-data.ts';

export const NAMESPACE = 'CNIWatch';

export const PUBLISH_PERMISSIONS: Permissions = {
  aws: [{ action: 'cloudwatch:PutMetricData', resource: '*', conditions: { 'cloudwatch:namespace': NAMESPACE } }],
  kubernetes: [],
};

/**
 * PutMetricData takes 1,000 metrics and 1 MB a request (CloudWatch API reference). The bytes counted are those of the JSON body
 * that the client sends, before it compresses it; 50,000 are kept back for the body's frame and for what a later client adds.
 */
export const REQUEST_LIMITS: BatchLimits = { items: 1_000, bytes: 950_000 };

/** A datum's bytes in the JSON body, its comma included: timestamps travel as seconds. */
export function wireBytes(datum: MetricDatum): number {
  const body = { ...datum, Timestamp: (datum.Timestamp?.getTime() ?? 0) / 1000 };
  return Buffer.byteLength(JSON.stringify(body)) + 1;
}

export interface PublishOptions {
  readonly cloudwatch: CloudWatchClient;
  /** The time that every datum bears. */
  readonly at: Date;
  readonly signal?: AbortSignal;
}

export interface Published {
  readonly requests: number;
  /** What CloudWatch would have refused, each with the reason: not sent, for the caller to log. */
  readonly rejected: readonly RejectedMetric[];
}

/**
 * Publishes metrics at the default resolution, request after request, with the client's own retries.
 * @throws what the client throws; the requests before that one stand
 */
export async function putMetrics(metrics: readonly Metric[], { cloudwatch, at, signal }: PublishOptions): Promise<Published> {
  const rejected: RejectedMetric[] = [];
  const data: MetricDatum[] = [];
  for (const metric of metrics) {
    const reason = whyRefused(metric);
    if (reason === undefined) data.push(...metricData(metric, at));
    else rejected.push({ metric, reason });
  }
  const requests = batches(data, REQUEST_LIMITS, wireBytes);
  for (const MetricData of requests) {
    const command = new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData });
    await cloudwatch.send(command, signal ? { abortSignal: signal } : {});
  }
  return { requests: requests.length, rejected };
}
