import type { Assessment } from '#lib/model/assessment.ts';
import type { Metric } from '#lib/model/metric.ts';
import { VERDICTS_WORST_FIRST } from '#lib/model/verdict.ts';
import { isProblem, type Render } from '#lib/report/document.ts';
import { metricFamily } from '#lib/report/prometheus-metric.ts';
import { type Family, familiesText, type Sample } from '#lib/report/prometheus-text.ts';

/**
 * The Prometheus text format, for the textfile collector of node_exporter or a Pushgateway: verdicts, problems, sources and the metrics
 * of the checks, in base units. Problems alone are told one by one, so that the number of series follows what is wrong.
 */
export const render: Render = ({ clusters }) =>
  familiesText([
    {
      name: 'cniwatch_cluster_verdict',
      help: '1 for the verdict of the cluster, 0 for the others.',
      type: 'gauge',
      samples: clusters.flatMap(verdicts),
    },
    {
      name: 'cniwatch_findings',
      help: 'Findings of the cluster by verdict; suppressed ones apart.',
      type: 'gauge',
      samples: clusters.flatMap(counts),
    },
    {
      name: 'cniwatch_problem',
      help: '1 for each finding that is critical, a warning or unknown, and not suppressed.',
      type: 'gauge',
      samples: clusters.flatMap(problems),
    },
    {
      name: 'cniwatch_exhaustion_seconds',
      help: 'Forecast time until the resource is exhausted.',
      type: 'gauge',
      samples: clusters.flatMap(forecasts),
    },
    { name: 'cniwatch_source_up', help: 'Whether the source was read.', type: 'gauge', samples: clusters.flatMap(sources) },
    {
      name: 'cniwatch_source_duration_seconds',
      help: 'How long reading the source took.',
      type: 'gauge',
      samples: clusters.flatMap(durations),
    },
    {
      name: 'cniwatch_snapshot_timestamp_seconds',
      help: 'When the cluster was read, since 1970.',
      type: 'gauge',
      samples: clusters.flatMap(times),
    },
    ...measured(clusters),
  ]);

type Labels = Readonly<Record<string, string>>;

const place = ({ account, region, name }: Assessment): Labels => ({ account, region, cluster: name });

function verdicts(cluster: Assessment): readonly Sample[] {
  return VERDICTS_WORST_FIRST.map((verdict) => ({
    labels: { ...place(cluster), verdict },
    value: verdict === cluster.verdict ? 1 : 0,
  }));
}

function counts(cluster: Assessment): readonly Sample[] {
  const { notApplicable, suppressed = 0, ...others } = cluster.summary;
  const all = { ...others, 'not-applicable': notApplicable, suppressed };
  return Object.entries(all).map(([verdict, value]) => ({ labels: { ...place(cluster), verdict }, value }));
}

function problems(cluster: Assessment): readonly Sample[] {
  return cluster.findings.filter(isProblem).map((finding) => ({ labels: ofFinding(cluster, finding), value: 1 }));
}

function forecasts(cluster: Assessment): readonly Sample[] {
  return cluster.findings.flatMap((finding) => {
    const hours = finding.evidence['hoursToExhaustion'];
    const { verdict: _, ...labels } = ofFinding(cluster, finding);
    return typeof hours === 'number' ? [{ labels, value: hours * 3_600 }] : [];
  });
}

function ofFinding(cluster: Assessment, { check, verdict, resource: { kind, id } }: Assessment['findings'][number]) {
  return { ...place(cluster), check, verdict, kind, resource: id };
}

const sources = (cluster: Assessment): readonly Sample[] =>
  cluster.collectors.map(({ id, ok }) => ({ labels: { ...place(cluster), source: id }, value: ok ? 1 : 0 }));

const durations = (cluster: Assessment): readonly Sample[] =>
  cluster.collectors.map(({ id, durationMs }) => ({ labels: { ...place(cluster), source: id }, value: durationMs / 1_000 }));

function times(cluster: Assessment): readonly Sample[] {
  const at = Date.parse(cluster.takenAt);
  return Number.isNaN(at) ? [] : [{ labels: place(cluster), value: at / 1_000 }];
}

/** A subnet that clusters share is measured by each: the latest reading stands, since it comes first. */
function measured(clusters: readonly Assessment[]): readonly Family[] {
  const latest = clusters.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  const metrics: readonly Metric[] = latest.flatMap((cluster) => cluster.metrics);
  return metrics.map(metricFamily).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
