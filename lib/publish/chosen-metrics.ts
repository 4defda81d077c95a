import type { Check } from '#lib/model/check.ts';
import type { Metric, MetricChoice } from '#lib/model/metric.ts';

/** Those that are published. What no check declares, as the open findings, always is. */
export function chosenMetrics(metrics: readonly Metric[], choice: MetricChoice, checks: readonly Check[]): readonly Metric[] {
  if (choice === 'all') return metrics;
  const declared = checks.flatMap((check) => check.metrics);
  const more = new Set(declared.filter(({ essential }) => !essential).map(({ name }) => name));
  return metrics.filter(({ name }) => !more.has(name));
}
