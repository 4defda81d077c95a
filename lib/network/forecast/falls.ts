import { exceedsRamp, RHYTHM_SLACK, standsOut, wentOnBefore } from '#lib/network/forecast/belief.ts';
import { hoursToFloor, type Reach } from '#lib/network/forecast/path.ts';
import { quantileOfSorted, type Readings } from '#lib/network/forecast/readings.ts';
import type { SteadyHistory } from '#lib/network/forecast/rhythm.ts';
import { type Fall, fallsIn } from '#lib/network/forecast/trend.ts';

const DAY = 24;
/** A fall of less than a day is carried on for so many times what was seen of it. */
const CARRY = 3;
/** Of the readings around a fall, so many lie below the levels that are carried on. */
const [LOWEST, LOW, MIDDLE, HIGH] = [0.02, 0.15, 0.5, 0.6];

/** Hours by which the interval is wider, at the least, than its slopes make it: readings are minutes apart. */
const LEAST_SLACK = 0.25;

interface Candidate extends Fall {
  readonly hours: number;
  readonly earliest: number;
  readonly latest: number | null;
}

/** When the falls that the history shows, carried on with its rhythm, reach the floor; undefined where none does that is believed. */
export function fallReach(history: SteadyHistory, floor: number, horizon: number): Reach | undefined {
  const candidates = fallsIn(history.steady, history.readings).flatMap(
    (fall) => candidateOf(fall, history, floor, horizon) ?? [],
  );
  const speaks = uncontradicted(candidates);
  if (speaks === undefined) return undefined;
  const slack = history.rhythm.period > 1 ? RHYTHM_SLACK : LEAST_SLACK;
  const earliest = Math.min(speaks.hours, ...candidates.map((candidate) => candidate.earliest));
  const latest = Math.max(speaks.hours, ...candidates.map((candidate) => candidate.latest ?? Number.POSITIVE_INFINITY));
  return {
    hours: speaks.hours,
    earliestHours: Math.max(0, earliest - slack),
    latestHours: Number.isFinite(latest) ? latest + slack : null,
    perHour: -speaks.slope,
  };
}

function candidateOf(
  fall: Fall,
  { readings, steady, steadyLevels, rhythm }: SteadyHistory,
  floor: number,
  horizon: number,
): Candidate | undefined {
  if (!standsOut(steadyLevels, fall) || !exceedsRamp(rhythm, fall)) return undefined;
  const until = (level: number, slope: number, within: number) => hoursToFloor({ level, slope, rhythm }, within);
  const carried = levelsUnder(steady, fall, fall.slope);
  // The low of a rhythm lasts for hours, in which the lowest of many readings counts.
  const low = quantileOfSorted(carried, rhythm.period > 1 ? LOWEST : LOW) - floor;
  // Where a level would have met the floor already, and did not, the next is taken: the middle of them, and that of now.
  const levels = [low, quantileOfSorted(carried, MIDDLE) - floor, (readings.values[0] ?? 0) - rhythm.at(0) - floor];
  const within = fall.window < DAY ? Math.min(horizon, CARRY * fall.window) : horizon;
  const hours = levels.map((level) => until(level, fall.slope, within)).find((found) => found !== 0) ?? null;
  if (hours === null || !wentOnBefore(steadyLevels, fall, Math.max(0, low))) return undefined;
  const [least, most] = [levelsUnder(steady, fall, fall.least), levelsUnder(steady, fall, fall.most)];
  return {
    ...fall,
    hours,
    earliest: until(quantileOfSorted(least, LOWEST) - floor, fall.least, horizon) ?? 0,
    latest: until(quantileOfSorted(most, HIGH) - floor, fall.most, horizon),
  };
}

/**
 * The levels of now that a fall leads to from each reading of its window, the lowest first. A floor is first met by a low reading, a
 * surge's or a moment's, not by the middle of them.
 */
function levelsUnder({ ages, values }: Readings, { window }: Fall, slope: number): Float64Array {
  const within = Math.min(window, DAY);
  let count = 0;
  while (count < ages.length && (count < 2 || (ages[count] ?? 0) <= within)) count++;
  return values
    .slice(0, count)
    .map((value, at) => value + slope * (ages[at] ?? 0))
    .sort();
}

/**
 * The longest window whose interval meets those of all shorter ones.
 * Source: A. Goldenshluger and A. Nemirovski, "On spatially adaptive estimation of nonparametric regression", Math. Methods Statist. 6
 * (1997), 135-170.
 */
function uncontradicted(candidates: readonly Candidate[]): Candidate | undefined {
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let longest: Candidate | undefined;
  for (const candidate of candidates) {
    [least, most] = [Math.max(least, candidate.least), Math.min(most, candidate.most)];
    if (least > most) return longest;
    longest = candidate;
  }
  return longest;
}
