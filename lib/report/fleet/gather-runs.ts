import type { AssessmentDocument } from '#lib/model/assessment.ts';
import type { ReportRun } from '#lib/model/fleet-report.ts';
import { plural } from '#lib/model/plural.ts';
import type { SeenRun } from '#lib/report/fleet/build-report.ts';
import { fleetOf } from '#lib/report/fleet/fleet-problem.ts';
import type { Period } from '#lib/report/fleet/report-period.ts';
import { timeText } from '#lib/report/words.ts';

/** Where runs are kept: the hub's bucket, or a folder of summaries. */
export interface RunSource {
  /** Those that started after `from` and up to `to` (ISO 8601), the oldest first. */
  runs(from: string, to: string): Promise<readonly ReportRun[]>;
  /** Undefined where the run left none; a sentence where it cannot be read. */
  summary(run: ReportRun): Promise<AssessmentDocument | string | undefined>;
}

export interface GatheredRuns {
  readonly latest: SeenRun | undefined;
  readonly earlier: SeenRun | undefined;
  /** What is missing, a sentence each. */
  readonly notes: readonly string[];
}

const DAY = 24 * 3_600_000;
/** How far before the period a run is looked for. */
const LOOK_BACK = 7 * DAY;
/** Runs without a summary that are passed over before a fleet counts as not seen. */
const MOST_TRIES = 24;
/** A pause between runs that is told: this many times the usual one. */
const LONG_PAUSE = 3;

/** Reads the last run of a period and the last one before it, and says what is missing in between. */
export async function gatherRuns(source: RunSource, { from, to }: Period): Promise<GatheredRuns> {
  const notes: string[] = [];
  const within = await source.runs(from, to);
  const latest = await lastSeen(source, within, notes);
  const start = new Date(Date.parse(from) - LOOK_BACK).toISOString();
  const earlier = await lastSeen(source, await source.runs(start, from), notes);
  const said = [
    ...(latest === undefined ? [`No run from ${timeText(from)} to ${timeText(to)} left a summary: the fleet was not seen.`] : []),
    ...(earlier === undefined
      ? ['There is no earlier run to compare with: this is a first report, and all that is wrong counts as open.']
      : []),
    ...pauses(within, { from, to }),
    ...new Set(notes),
  ];
  return { latest, earlier, notes: said };
}

async function lastSeen(source: RunSource, runs: readonly ReportRun[], notes: string[]): Promise<SeenRun | undefined> {
  let without = 0;
  for (const run of runs.toReversed().slice(0, MOST_TRIES)) {
    const summary = await source.summary(run);
    if (typeof summary === 'object') {
      if (without > 0) notes.push(`${plural(without, 'run')} after ${timeText(run.at)} left no summary that can be read.`);
      return { run, fleet: fleetOf(summary) };
    }
    if (summary !== undefined) notes.push(summary);
    without += 1;
  }
  return undefined;
}

/** Where no run started for far longer than usual, the ends of the period included; told as one sentence. */
export function pauses(runs: readonly ReportRun[], { from, to }: Period): readonly string[] {
  const times = runs.map(({ at }) => Date.parse(at));
  const usual = median(times.slice(1).map((time, index) => time - (times[index] ?? time)));
  if (usual === undefined) return [];
  const ends = [Date.parse(from), ...times, Date.parse(to)];
  const long = ends
    .slice(1)
    .map((end, index) => ({ start: ends[index] ?? end, end }))
    .filter(({ start, end }) => end - start > LONG_PAUSE * usual);
  if (long.length === 0) return [];
  const minutes = Math.round(long.reduce((sum, { start, end }) => sum + end - start, 0) / 60_000);
  const [longest] = long.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const since = longest === undefined ? '' : timeText(new Date(longest.start).toISOString());
  return [`No run started for ${plural(minutes, 'minute')} in all; the longest pause began at ${since}.`];
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
