import type { Check, MetricSample } from '#lib/model/check.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Metric, MetricDeclaration } from '#lib/model/metric.ts';
import type { Target } from '#lib/model/target.ts';

/** What evaluate itself emits of a cluster: one series a severity. */
export const FINDINGS_OPEN = { name: 'FindingsOpen', severities: ['critical', 'warning', 'unknown'] } as const;

/**
 * Gives a check's samples their unit and dimensions.
 * @throws Error for a sample that its check did not declare so: a defect of the check, which the runner reports
 */
export function completeMetrics(check: Check, samples: readonly MetricSample[], target: Target): Metric[] {
  const seen = new Set<string>();
  return samples.map((sample) => {
    const declaration = check.metrics.find(({ name }) => name === sample.name);
    if (!declaration) throw new Error(`it emitted the metric ${sample.name}, which it does not declare`);
    requireShape(sample, declaration);
    const dimensions = dimensionsOf(sample, declaration, target);
    const series = JSON.stringify([sample.name, dimensions['SubnetId']]);
    if (seen.has(series)) throw new Error(`it emitted the metric ${sample.name} twice for the same dimensions`);
    seen.add(series);
    return { ...sample, unit: declaration.unit, dimensions };
  });
}

/** A subnet's metrics name no cluster, so that a subnet which several clusters share counts once. */
function dimensionsOf(sample: MetricSample, { name, per }: MetricDeclaration, target: Target): Metric['dimensions'] {
  const { SubnetId, ...others } = sample.dimensions ?? {};
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`its metric ${name} has the dimension ${other}: only SubnetId may be given`);
  if ((per === 'subnet') !== Boolean(SubnetId)) {
    throw new Error(`its metric ${name} is declared per ${per} and was emitted ${SubnetId ? 'with' : 'without'} a SubnetId`);
  }
  const { account: Account, region: Region, name: Cluster } = target;
  return SubnetId ? { Account, Region, SubnetId } : { Account, Region, Cluster };
}

function requireShape(sample: MetricSample, { name, per }: MetricDeclaration): void {
  if ('value' in sample) {
    if (per === 'distribution') throw new Error(`its metric ${name} is declared a distribution and was emitted as one value`);
    if (!Number.isFinite(sample.value)) throw new Error(`its metric ${name} has the value ${sample.value}`);
    return;
  }
  if (sample.values.length !== sample.counts.length) {
    throw new Error(`its metric ${name} has ${sample.values.length} values and ${sample.counts.length} counts`);
  }
  const odd = [...sample.values, ...sample.counts].find((number) => !Number.isFinite(number));
  if (odd !== undefined) throw new Error(`its metric ${name} has the value ${odd}`);
}

/**
 * How many findings of each severity are open; zeros too, so that an alarm sees them close. Roots alone: what another finding explains
 * is counted there, so that one root raises one alarm.
 */
export function findingsOpen(target: Target, findings: readonly Finding[]): Metric[] {
  const { account: Account, region: Region, name: Cluster } = target;
  return FINDINGS_OPEN.severities.map((severity) => ({
    name: FINDINGS_OPEN.name,
    unit: 'Count',
    dimensions: { Account, Region, Cluster, Severity: severity },
    value: findings.filter(({ verdict, causes }) => verdict === severity && causes === undefined).length,
  }));
}
