import type { FindingState } from '#lib/model/finding-state.ts';
import type { FleetReport, ReportKind } from '#lib/model/fleet-report.ts';
import { buildReport } from '#lib/report/fleet/build-report.ts';
import { gatherRuns, type RunSource } from '#lib/report/fleet/gather-runs.ts';
import type { Period } from '#lib/report/fleet/report-period.ts';

/** What is known of the past of findings, by fingerprint, and what could not be read of it. */
export interface KnownStates {
  readonly states: ReadonlyMap<string, FindingState>;
  readonly notes: readonly string[];
}

export interface MakeReport {
  readonly kind: ReportKind;
  readonly timezone: string;
  readonly period: Period & { readonly note?: string };
  readonly source: RunSource;
  /** Of the clusters of these ARNs. */
  readonly statesOf: (arns: readonly string[]) => Promise<KnownStates>;
  readonly now: Date;
}

/** Reads two runs and what is known of their findings, and makes the report of the time between. */
export async function makeReport({ kind, timezone, period, source, statesOf, now }: MakeReport): Promise<FleetReport> {
  const { note, from, to } = period;
  const { latest, earlier, notes } = await gatherRuns(source, { from, to });
  const arns = new Set([...(latest?.fleet ?? []), ...(earlier?.fleet ?? [])].map(({ arn }) => arn));
  const known = await statesOf([...arns]);
  const told = [...(note === undefined ? [] : [note]), ...notes, ...known.notes];
  return buildReport({
    kind,
    timezone,
    period: { from, to },
    latest,
    earlier,
    states: known.states,
    notes: told,
    generatedAt: now,
  });
}
