import type { AwsClients } from '#lib/collect/aws/clients.ts';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import type { Metric } from '#lib/model/metric.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';

/**
 * Publishes the metrics of several clusters, a series once: a subnet that two clusters share is one subnet.
 * Answers with the number of metrics that CloudWatch took. @throws ReadFailure
 */
export async function publishMetrics(
  metrics: readonly Metric[],
  { cloudwatch }: Pick<AwsClients, 'cloudwatch'>,
  at: Date,
  signal: AbortSignal,
): Promise<{ readonly published: number; readonly refused: readonly string[] }> {
  const distinct = distinctSeries(metrics);
  try {
    const { rejected } = await putMetrics(distinct, { cloudwatch, at, signal });
    return {
      published: distinct.length - rejected.length,
      refused: rejected.map(({ metric, reason }) => `${metric.name}: ${reason}`),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw awsFailure(error, { action: 'cloudwatch:PutMetricData' });
  }
}

/** The first reading of each name and dimensions. */
export function distinctSeries(metrics: readonly Metric[]): Metric[] {
  const seen = new Set<string>();
  return metrics.filter(({ name, dimensions }) => {
    const series = JSON.stringify([name, Object.entries(dimensions).toSorted()]);
    return !seen.has(series) && seen.add(series);
  });
}
