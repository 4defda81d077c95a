/** Which of the declared metrics are published. */
export type MetricChoice = 'default' | 'all';

/** CloudWatch's names for the units that cniwatch uses. */
export type MetricUnit = 'Count' | 'Percent' | 'Seconds' | 'Milliseconds';

/**
 * `Account`, `Region` and one of `Cluster` or `SubnetId` (never both: a shared subnet counts once),
 * and at most one more: `Pool` or `Severity`.
 */
export type MetricDimensions = Readonly<Record<string, string>>;

interface MetricIdentity {
  /** PascalCase, as CloudWatch's own. */
  readonly name: string;
  readonly unit: MetricUnit;
  readonly dimensions: MetricDimensions;
}

/** One number, or a distribution (`values[i]` seen `counts[i]` times): how per-node figures travel. */
export type Metric = MetricIdentity &
  ({ readonly value: number } | { readonly values: readonly number[]; readonly counts: readonly number[] });

/** What a check says of a metric before it emits one; its documentation and the budget per cluster come from here. */
export interface MetricDeclaration {
  readonly name: string;
  readonly unit: MetricUnit;
  /** `distribution` is one series whatever the number of nodes. */
  readonly per: 'cluster' | 'subnet' | 'distribution';
  readonly description: string;
  /** Published by default, for alarms and dashboards; the others only where `metrics.publish` is `all`: each series costs money. */
  readonly essential?: true;
}

/** Folds readings into a distribution: equal values are counted once, in ascending order. */
export function distribution(readings: Iterable<number>): { values: number[]; counts: number[] } {
  const counts = new Map<number, number>();
  for (const reading of readings) counts.set(reading, (counts.get(reading) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return { values: sorted.map(([value]) => value), counts: sorted.map(([, count]) => count) };
}
