import type { Assessment } from '#lib/model/assessment.ts';
import type { FailureCode } from '#lib/model/failure.ts';
import type { Metric, MetricDimensions } from '#lib/model/metric.ts';
import type { Target } from '#lib/model/target.ts';
import { VERDICTS_WORST_FIRST } from '#lib/model/verdict.ts';

export interface Fleet {
  /** Every cluster of the run, those that left no result too. */
  readonly clusters: readonly Pick<Assessment, 'verdict' | 'summary' | 'collectors'>[];
  readonly reported: number;
  /** Regions of the configuration that discover could not list. */
  readonly regionsUnread: number;
}

/**
 * What one run says of itself, under the hub's own account and Region: a run that stops coming is seen by the absence of
 * `RunCompleted`, a cluster that was not looked at by `ClustersMissing`.
 */
export function fleetMetrics({ clusters, reported, regionsUnread }: Fleet, hub: Pick<Target, 'account' | 'region'>): Metric[] {
  const dimensions: MetricDimensions = { Account: hub.account, Region: hub.region };
  const count = (name: string, value: number, more: MetricDimensions = {}): Metric => ({
    name,
    unit: 'Count',
    dimensions: { ...dimensions, ...more },
    value,
  });
  const failed = (code: FailureCode) =>
    clusters.flatMap(({ collectors }) => collectors.filter((collector) => collector.code === code)).length;
  return [
    count('RunCompleted', 1),
    count('ClustersExpected', clusters.length),
    count('ClustersReported', reported),
    count('ClustersMissing', clusters.length - reported),
    count('RegionsUnread', regionsUnread),
    count(
      'ChecksUnknown',
      clusters.reduce((sum, { summary }) => sum + summary.unknown, 0),
    ),
    count('CollectorsThrottled', failed('Throttled')),
    count('CollectorsCutOff', failed('DeadlineExceeded')),
    ...VERDICTS_WORST_FIRST.map((verdict) =>
      count('ClusterVerdict', clusters.filter((cluster) => cluster.verdict === verdict).length, { Severity: verdict }),
    ),
  ];
}
