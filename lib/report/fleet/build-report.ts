import type { FindingState } from '#lib/model/finding-state.ts';
import { type FindingChange, type FleetReport, findingChange, type ReportKind, type ReportRun } from '#lib/model/fleet-report.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { compareClusters } from '#lib/report/fleet/compare-clusters.ts';
import { compareFindings } from '#lib/report/fleet/compare-findings.ts';
import type { FleetCluster } from '#lib/report/fleet/fleet-problem.ts';
import { reportFindings } from '#lib/report/fleet/report-findings.ts';
import { dateIn, type Period } from '#lib/report/fleet/report-period.ts';

/** A run whose summary was read. */
export interface SeenRun {
  readonly run: ReportRun;
  readonly fleet: readonly FleetCluster[];
}

export interface ReportInput {
  readonly kind: ReportKind;
  readonly timezone: string;
  readonly period: Period;
  /** The last run within the period; undefined where there is none. */
  readonly latest: SeenRun | undefined;
  /** The last run up to the beginning of the period. */
  readonly earlier: SeenRun | undefined;
  /** By fingerprint, as far as they are known. */
  readonly states: ReadonlyMap<string, FindingState>;
  readonly notes: readonly string[];
  readonly generatedAt: Date;
}

/** A report from what was read: pure. Without an earlier run it compares the latest one with itself, and a note says so. */
export function buildReport(input: ReportInput): FleetReport {
  const { kind, timezone, period, latest, earlier, states, notes, generatedAt } = input;
  const before = earlier?.fleet ?? latest?.fleet ?? [];
  const past = { states, earlier: earlier?.run.at, latest: latest?.run.at };
  const findings = reportFindings(compareFindings(before, latest?.fleet), past);
  const clusters = compareClusters(before, latest?.fleet);
  const current = findings.filter(({ change }) => isCurrent(change));
  const count = (wanted: Verdict): number => current.filter(({ verdict }) => verdict === wanted).length;
  const counts = findingChange.options.map((change) => [change, findings.filter((each) => each.change === change).length]);
  return {
    schemaVersion: 1,
    ...{ kind, date: dateIn(timezone, period.to), timezone, period, generatedAt: generatedAt.toISOString() },
    ...(latest && { latest: latest.run }),
    ...(earlier && { earlier: earlier.run }),
    notes: [...notes],
    problems: { critical: count('critical'), warning: count('warning'), unknown: count('unknown') },
    changes: Object.fromEntries(counts) as Record<FindingChange, number>,
    clusters: [...clusters],
    findings: [...findings],
  };
}

/** Whether it is a problem now, or may be one: what is resolved, gone or passed is none. */
export const isCurrent = (change: FindingChange): boolean => change !== 'resolved' && change !== 'gone' && change !== 'passed';
