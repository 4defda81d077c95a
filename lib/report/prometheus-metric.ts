import type { Metric, MetricUnit } from '#lib/model/metric.ts';
import type { Family, Sample } from '#lib/report/prometheus-text.ts';

/** Of a distribution: the least, the middle, the highest tenth and the most. */
const QUANTILES = [0, 0.5, 0.9, 1] as const;

/** Prometheus counts in base units: seconds and ratios. Source: Prometheus documentation, "Metric and label naming". */
const BASE: Readonly<Record<MetricUnit, { readonly suffix: string; readonly factor: number }>> = {
  Count: { suffix: '', factor: 1 },
  Percent: { suffix: '_ratio', factor: 1 / 100 },
  Seconds: { suffix: '_seconds', factor: 1 },
  Milliseconds: { suffix: '_seconds', factor: 1 / 1_000 },
};

/** A metric as CloudWatch gets it, in Prometheus' names and units; a distribution is a summary of its own name. */
export function metricFamily(metric: Metric): Family {
  const { suffix, factor } = BASE[metric.unit];
  const labels = Object.fromEntries(Object.entries(metric.dimensions).map(([name, value]) => [snakeCase(name), value]));
  const bare = `cniwatch_${snakeCase(metric.name)}`;
  const name = bare.endsWith(suffix) ? bare : `${bare}${suffix}`;
  const help = `${metric.name} as in CloudWatch, in base units.`;
  if ('value' in metric) return { name, help, type: 'gauge', samples: [{ labels, value: metric.value * factor }] };
  const samples = summary(metric).map((sample) => {
    const value = sample.suffix === '_count' ? sample.value : sample.value * factor;
    return { ...sample, labels: { ...labels, ...sample.labels }, value };
  });
  return { name: `${name}_distribution`, help, type: 'summary', samples };
}

/** Quantiles by the nearest rank: a value that was seen. */
function summary({ values, counts }: Extract<Metric, { values: unknown }>): readonly Sample[] {
  const seen = values.map((value, index) => ({ value, count: counts[index] ?? 0 })).sort((a, b) => a.value - b.value);
  const count = seen.reduce((sum, each) => sum + each.count, 0);
  const sum = seen.reduce((total, { value, count }) => total + value * count, 0);
  const quantile = (share: number): number => {
    let before = 0;
    for (const each of seen) {
      before += each.count;
      if (before >= share * count) return each.value;
    }
    return Number.NaN;
  };
  return [
    ...QUANTILES.map((share) => ({ labels: { quantile: String(share) }, value: quantile(share) })),
    { suffix: '_sum', labels: {}, value: sum },
    { suffix: '_count', labels: {}, value: count },
  ];
}

/** `SubnetFreeIps` as `subnet_free_ips`, `IPsPerENI` as `ips_per_eni`; nothing that a name may not hold. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z\d_]+/g, '_');
}
