import { FINDINGS_OPEN } from '#lib/evaluate/metrics.ts';
import type { Check } from '#lib/model/check.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import type { MetricChoice } from '#lib/model/metric.ts';

/** Series, by what adds them up. The number of nodes and pods is none of it: theirs are distributions. */
export interface SeriesCounts {
  /** Of every cluster. */
  readonly cluster: number;
  /** More of a cluster for which all opt-in sources are switched on. */
  readonly optIn: number;
  /** Of every subnet, whether one cluster uses it or several. */
  readonly subnet: number;
}

/**
 * CloudWatch bills each series (a name with its dimensions) as a custom metric: how many these checks publish.
 * Source: Amazon CloudWatch pricing, "Metrics".
 */
export function seriesCounts(checks: readonly Check[], choice: MetricChoice): SeriesCounts {
  const published = checks.flatMap((check) =>
    check.metrics
      .filter(({ essential }) => choice === 'all' || essential)
      .map(({ per }) => (per === 'subnet' ? 'subnet' : isOptIn(check) ? 'optIn' : 'cluster')),
  );
  const count = (of: keyof SeriesCounts) => published.filter((each) => each === of).length;
  return { cluster: FINDINGS_OPEN.severities.length + count('cluster'), optIn: count('optIn'), subnet: count('subnet') };
}

function isOptIn({ inputs }: Check): boolean {
  return inputs.some((input) => OPT_IN_SOURCES.some((source) => source === input));
}
