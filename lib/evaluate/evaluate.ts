import { CHECKS } from '#lib/checks/index.ts';
import type { Config } from '#lib/config/config.ts';
import { effectiveChecks } from '#lib/config/effective.ts';
import { configHash } from '#lib/config/hash.ts';
import { linkCauses } from '#lib/evaluate/causes.ts';
import { fingerprint } from '#lib/evaluate/fingerprint.ts';
import { findingsOpen } from '#lib/evaluate/metrics.ts';
import { runCheck } from '#lib/evaluate/run-check.ts';
import { suppress } from '#lib/evaluate/suppressions.ts';
import { topologyOf } from '#lib/evaluate/topology.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Check } from '#lib/model/check.ts';
import { type Finding, resourceKind } from '#lib/model/finding.ts';
import { type History, NO_HISTORY, type Reading } from '#lib/model/history.ts';
import type { Metric } from '#lib/model/metric.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { identityOf } from '#lib/model/target.ts';
import { VERDICTS_WORST_FIRST, type Verdict, worstVerdict } from '#lib/model/verdict.ts';

export interface EvaluateOptions {
  readonly config: Config;
  /** Earlier readings that checks may forecast from. */
  readonly history?: History;
  /** Those to run, less the ones that the configuration disables; the whole registry by default. */
  readonly checks?: readonly Check[];
}

/**
 * Judges one cluster by its Snapshot. Pure: the same Snapshot, configuration and history give the same Assessment.
 * Symptoms name the findings that explain them. What the configuration suppresses is there and counts for nothing. Findings stand worst first, then in the order of the registry, then the wider resource before what is in it.
 */
export function evaluate(snapshot: Snapshot, { config, history = NO_HISTORY, checks = CHECKS }: EvaluateOptions): Assessment {
  const { target } = snapshot;
  const settingsOf = effectiveChecks(config, target, dataOf(snapshot.slices.cluster)?.tags);
  const judged: Finding[] = [];
  const metrics: Metric[] = [];
  const readings: Reading[] = [];
  for (const check of checks) {
    const settings = settingsOf[check.id];
    if (settings?.enabled === false) continue;
    const outcome = runCheck(check, snapshot, settings?.options ?? check.options.parse({}), history);
    metrics.push(...outcome.metrics);
    readings.push(...outcome.readings);
    for (const judgement of outcome.judgements) {
      judged.push({ check: check.id, ...judgement, fingerprint: fingerprint(check.id, target.arn, judgement.resource) });
    }
  }
  const { suppressions } = config;
  const [open, suppressed] = partition(
    suppress(judged, { suppressions, target, now: new Date(snapshot.takenAt) }),
    (finding) => finding.suppressed === undefined,
  );
  // What is suppressed explains nothing: a symptom whose root nobody is told of is told of itself.
  const linked = linkCauses(open, topologyOf(snapshot));
  return {
    ...identityOf(target),
    verdict: worstVerdict(open.map(({ verdict }) => verdict)),
    summary: { ...count(open), ...(suppressed.length > 0 ? { suppressed: suppressed.length } : {}) },
    findings: ordered([...linked, ...suppressed], checks),
    metrics: [...metrics, ...findingsOpen(target, linked)],
    readings,
    collectors: [...snapshot.collectors],
    takenAt: snapshot.takenAt,
    configHash: configHash(config),
  };
}

/** A DaemonSet before its nodes, a subnet before its interfaces. */
const BREADTH = new Map(resourceKind.options.map((kind, index) => [kind, index]));

function ordered(findings: readonly Finding[], checks: readonly Check[]): Finding[] {
  const rank = new Map<Verdict, number>(VERDICTS_WORST_FIRST.map((verdict, index) => [verdict, index]));
  const registry = new Map(checks.map(({ id }, index) => [id, index]));
  const at = <K>(order: ReadonlyMap<K, number>, key: K): number => order.get(key) ?? order.size;
  return findings.toSorted(
    (a, b) =>
      at(rank, a.verdict) - at(rank, b.verdict) ||
      at(registry, a.check) - at(registry, b.check) ||
      at(BREADTH, a.resource.kind) - at(BREADTH, b.resource.kind) ||
      compare(a.resource.id, b.resource.id),
  );
}

/** By code points, so that the order is the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function count(findings: readonly Finding[]): Assessment['summary'] {
  const summary = { ok: 0, warning: 0, critical: 0, unknown: 0, notApplicable: 0 };
  for (const { verdict } of findings) summary[verdict === 'not-applicable' ? 'notApplicable' : verdict] += 1;
  return summary;
}
