import { type HourlyLevels, hourlyLevels, medianOf, type Readings } from '#lib/network/forecast/readings.ts';

/** What a time of day, or of the week, adds to the level: autoscalers follow their users. */
export interface Rhythm {
  /** Hours from now, negative in the past. Between whole hours a straight line. */
  readonly at: (hours: number) => number;
  /** Hours; 1 where there is no rhythm. */
  readonly period: number;
  /** The deepest that it ever takes. */
  readonly lowest: number;
}

const NO_RHYTHM: Rhythm = { at: () => 0, period: 1, lowest: 0 };
const [DAY, WEEK] = [24, 168];
/** Of the hours of a period, so many must be seen for a mean of it. */
const LEAST_SEEN = 0.5;
/** The newest periods that make a rhythm: it changes with its users. */
const PERIODS = 7;
/** By the week only where that tells clearly more: a day repeats seven times as often. */
const CLEARLY = 0.75;

/**
 * The rhythm that foretold the readings: by the week where last week told more than yesterday, by the day where yesterday told more
 * than the mean. A day takes three of them, a week three weeks, so that each hour was seen in two periods.
 */
function rhythmOf(hourly: HourlyLevels): Rhythm {
  const weekly = aroundTheMean(hourly, WEEK);
  if (tells(weekly, WEEK) && missOf(weekly, WEEK) < CLEARLY * missOf(weekly, DAY)) return repeating(weekly, WEEK);
  const daily = aroundTheMean(hourly, DAY);
  return tells(daily, DAY) ? repeating(daily, DAY) : NO_RHYTHM;
}

/**
 * The distance of each hour from the mean of the period around it; NaN where that period or the hour is not seen.
 * Source: the first step of classical decomposition, R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice".
 */
function aroundTheMean({ levels, seen }: HourlyLevels, period: number): Float64Array {
  const [sums, counts] = [runningSums(levels), runningSums(seen)];
  const half = period / 2;
  const between = (of: Float64Array, from: number, to: number) => (of[to] ?? 0) - (of[from] ?? 0);
  return levels.map((level, hour) => {
    if (hour < half || hour + half >= levels.length || seen[hour] === 0) return Number.NaN;
    if (between(counts, hour - half, hour + half) < LEAST_SEEN * period) return Number.NaN;
    // The two ends are the same hour of the period: each counts half.
    const ends = ((levels[hour - half] ?? 0) + (levels[hour + half] ?? 0)) / 2;
    return level - (between(sums, hour - half + 1, hour + half) + ends) / period;
  });
}

function runningSums(values: Float64Array | Uint8Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let at = 0; at < values.length; at++) sums[at + 1] = (sums[at] ?? 0) + (values[at] ?? 0);
  return sums;
}

/** Whether one period's distances tell the next one's clearly better than no rhythm does, over most of a period at least. */
function tells(distances: Float64Array, period: number): boolean {
  // A history too short for two of every hour would mix a rhythm with none.
  if (distances.length < 3 * period) return false;
  const around = distances.filter((distance, hour) => !Number.isNaN(distance + (distances[hour + period] ?? Number.NaN)));
  return around.length >= LEAST_SEEN * period && missOf(distances, period) < CLEARLY * meanOf(around.map(Math.abs));
}

/** How far one period's distances miss the next one's. NaN, which is never less, where no two are seen. */
function missOf(distances: Float64Array, period: number): number {
  const misses = distances.map((distance, hour) => Math.abs(distance - (distances[hour + period] ?? Number.NaN)));
  return meanOf(misses.filter((miss) => !Number.isNaN(miss)));
}

/** Not the median: most days of a week are alike, and a weekend tells. */
const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function repeating(distances: Float64Array, period: number): Rhythm {
  const shape = Float64Array.from({ length: period }, (_, phase) => {
    const seen: number[] = [];
    for (let hour = phase; hour < distances.length && seen.length < PERIODS; hour += period) {
      if (!Number.isNaN(distances[hour])) seen.push(distances[hour] ?? 0);
    }
    return typical(seen);
  });
  const at = (hours: number) => {
    const whole = Math.floor(-hours);
    const phase = ((whole % period) + period) % period;
    const here = shape[phase] ?? 0;
    return here + ((shape[(phase + 1) % period] ?? 0) - here) * (-hours - whole);
  };
  return { at, period, lowest: Math.min(...shape) };
}

/** What the periods agree on: of two that differ, one may have had a step. */
function typical(seen: readonly number[]): number {
  const [one = 0, other = one] = seen;
  if (seen.length > 2) return medianOf(Float64Array.from(seen));
  return one * other <= 0 ? 0 : Math.sign(one) * Math.min(Math.abs(one), Math.abs(other));
}

/** A history with and without its rhythm. */
export interface SteadyHistory {
  readonly readings: Readings;
  readonly hourly: HourlyLevels;
  readonly rhythm: Rhythm;
  /** The readings, and the levels at every whole hour ago, less the rhythm. */
  readonly steady: Readings;
  readonly steadyLevels: Float64Array;
}

export function steadyHistory(readings: Readings): SteadyHistory {
  const { ages, values } = readings;
  const hourly = hourlyLevels(readings);
  const rhythm = rhythmOf(hourly);
  const steady = { ages, values: values.map((value, at) => value - rhythm.at(-(ages[at] ?? 0))) };
  return { readings, hourly, rhythm, steady, steadyLevels: hourly.levels.map((level, hour) => level - rhythm.at(-hour)) };
}
