import type { HistoryPoint } from '#lib/model/history.ts';
import { plural } from '#lib/model/plural.ts';
import { fallReach } from '#lib/network/forecast/falls.ts';
import { lowsReach } from '#lib/network/forecast/lows.ts';
import type { Reach } from '#lib/network/forecast/path.ts';
import { readingsBefore } from '#lib/network/forecast/readings.ts';
import { steadyHistory } from '#lib/network/forecast/rhythm.ts';
import { troughReach } from '#lib/network/forecast/trough.ts';

export type Forecast = Exhausts | Lasts | Unknown;

/** `hours` is 0 where the floor is reached, or may be any minute; `perHour` is 0 where it is reached. */
export interface Exhausts extends Reach {
  readonly kind: 'exhausts';
}

/** Nothing that the history shows reaches the floor so soon. A history speaks no further ahead than it goes back. */
export interface Lasts {
  readonly kind: 'lasts';
  readonly horizonHours: number;
}

export interface Unknown {
  readonly kind: 'unknown';
  /** A clause about what is forecast: "its history covers 3 hours of the 6 that a forecast needs". */
  readonly reason: string;
}

export interface ForecastOptions {
  readonly now: Date;
  /** The value that counts as exhausted; 0 unless given. */
  readonly floor?: number;
  /** How far ahead to look; a year unless given. */
  readonly horizonHours?: number;
}

const YEAR = 8760;
/** Hours of history without which silence says nothing; a fall that shows speaks earlier. */
const LEAST_HISTORY = 6;
/** Hours for which the last reading stands. */
const STALE = 6;

/**
 * Hours until a falling quantity reaches its floor, from readings in any order and at any mix of resolutions.
 *
 * Theil-Sen slopes over windows from an hour to four weeks, of the readings less their daily or weekly rhythm. A fall counts where it
 * is beyond chance, holds through both halves of its window, stands out from how the level moves anyway, and is not like falls that
 * stopped before. The longest window speaks that the shorter ones do not contradict, and the rhythm carries it on, so that the low of a
 * day counts and the way there does not. The lows of the days are asked beside it, and where neither speaks, the rhythm's next low.
 */
export function forecastExhaustion(points: readonly HistoryPoint[], options: ForecastOptions): Forecast {
  const { now, floor = 0, horizonHours = YEAR } = options;
  const readings = readingsBefore(points, now);
  const [newest, current] = [readings.ages[0], readings.values[0]];
  if (newest === undefined || current === undefined) return unknown('it has no history');
  if (newest > STALE) return unknown(`its last reading is ${hoursOf(newest)} old and a forecast needs one of the last ${STALE}`);
  if (current <= floor) return { kind: 'exhausts', hours: 0, earliestHours: 0, latestHours: 0, perHour: 0 };
  const history = steadyHistory(readings);
  const reaches = [fallReach(history, floor, horizonHours), lowsReach(history, floor, horizonHours)];
  const reach = soonest(reaches) ?? troughReach(history, floor, horizonHours);
  if (reach !== undefined) return { kind: 'exhausts', ...reach };
  // The hour of now is where the first of the others ends.
  const covered = history.hourly.seen.reduce((sum, seen) => sum + seen, -1);
  if (covered >= LEAST_HISTORY) return { kind: 'lasts', horizonHours: Math.min(horizonHours, covered) };
  return unknown(`its history covers ${hoursOf(Math.max(0, covered))} of the ${LEAST_HISTORY} that a forecast needs`);
}

const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });
const hoursOf = (hours: number): string => plural(Math.floor(hours), 'hour');

function soonest(reaches: readonly (Reach | undefined)[]): Reach | undefined {
  return reaches.filter((reach) => reach !== undefined).toSorted((one, other) => one.hours - other.hours)[0];
}
