import type { Reach } from '#lib/network/forecast/path.ts';
import { type HourlyLevels, medianOf, quantileOf, type Readings } from '#lib/network/forecast/readings.ts';
import type { SteadyHistory } from '#lib/network/forecast/rhythm.ts';
import type { Slope } from '#lib/network/forecast/theil-sen.ts';
import { lastingFall, type Points } from '#lib/network/forecast/trend.ts';

const DAY = 24;
/** Hours of a day that must be seen for its low to count. */
const LEAST_SEEN = 18;
/** Days back, the longest first. */
const SPANS = [28, 14, 8];
/** Of the days of a span, so many must be seen. */
const LEAST_SHARE = 0.8;
/** Days whose lows place the line, over so many of them. */
const [NEAR, LOW] = [7, 0.3];
/** Hours by which a day's low may come early or late. */
const SLACK = 1;
/** Of a day's readings, so many lie below the one that its low is taken for. */
const LOWEST = 0.1;
/** A level is in a day's low at this share of its depth. */
const DEEP = 0.9;
/** Days that draw the shape of a day. */
const SHAPE = 3;

/**
 * When the lows of a rhythm's days reach the floor, where they fall day by day while the level between them may not: peaks that grow.
 * undefined where they do not within the horizon.
 */
export function lowsReach({ hourly, readings, rhythm }: SteadyHistory, above: number, horizon: number): Reach | undefined {
  if (rhythm.period !== DAY) return undefined;
  const { xs, ys } = lowsOfDays(hourly);
  const floor = above - dipOf(readings, hourly);
  for (const span of SPANS) {
    const lows = { xs: xs.slice(0, span), ys: ys.slice(0, span) };
    const fall = lows.xs.length < LEAST_SHARE * span ? undefined : lastingFall(lows);
    if (fall === undefined) continue;
    const hours = hoursToLow(hourly, lows, fall.slope, LOW, floor, horizon);
    if (hours !== null) return reachOf(hourly, lows, fall, hours, floor, horizon);
  }
  return undefined;
}

function reachOf(hourly: HourlyLevels, lows: Points, fall: Slope, hours: number, floor: number, horizon: number): Reach {
  const earliest = hoursToLow(hourly, lows, fall.least, 0, floor, horizon) ?? hours;
  const latest = hoursToLow(hourly, lows, fall.most, 1, floor, horizon);
  return {
    hours,
    earliestHours: Math.max(0, Math.min(hours, earliest) - SLACK),
    latestHours: latest === null ? null : Math.max(hours, latest) + SLACK,
    perHour: -fall.slope,
  };
}

/** How far the lowest readings of the last day lie below their hours, 0 or less. */
function dipOf({ ages, values }: Readings, { levels }: HourlyLevels): number {
  const count = ages.findIndex((age) => age > DAY);
  const dips = values.slice(0, count < 0 ? undefined : count).map((value, at) => {
    const [age, hour] = [ages[at] ?? 0, Math.floor(ages[at] ?? 0)];
    const [newer, older] = [levels[hour] ?? value, levels[hour + 1] ?? levels[hour] ?? value];
    return value - newer - (older - newer) * (age - hour);
  });
  return Math.min(0, quantileOf(dips, LOWEST));
}

/** Days back from now, newest first. */
function lowsOfDays({ levels, seen }: HourlyLevels): Points {
  const [xs, ys]: [number[], number[]] = [[], []];
  for (let from = 0; from + DAY <= levels.length; from += DAY) {
    const hours = Array.from({ length: DAY }, (_, hour) => from + hour).filter((hour) => seen[hour] === 1);
    if (hours.length < LEAST_SEEN) continue;
    const low = hours.reduce((lowest, hour) => ((levels[hour] ?? 0) < (levels[lowest] ?? 0) ? hour : lowest));
    xs.push(-low);
    ys.push(levels[low] ?? 0);
  }
  return { xs, ys };
}

/** Hangs the shape of the last days between their top and the line through the lows. */
function hoursToLow(
  { levels }: HourlyLevels,
  lows: Points,
  slope: number,
  share: number,
  floor: number,
  horizon: number,
): number | null {
  const near = Float64Array.from(lows.ys.slice(0, NEAR), (low, day) => low - slope * (lows.xs[day] ?? 0));
  const low = quantileOf(near, share);
  const day = Float64Array.from({ length: DAY }, (_, ahead) =>
    medianOf(Float64Array.from({ length: SHAPE }, (__, back) => levels[DAY * (back + 1) - ahead] ?? Number.NaN)),
  );
  const [top, bottom] = [Math.max(...day), Math.min(...day)];
  const above = (hour: number) => {
    const depth = top > bottom ? (top - (day[hour % DAY] ?? 0)) / (top - bottom) : 1;
    return top - depth * (top - (low + slope * hour)) - floor;
  };
  // Where the shape is down at the floor and the level is not, the day did not follow it: the next one is looked at.
  if (above(0) <= 0 && top - (levels[0] ?? 0) >= DEEP * (top - bottom)) return 0;
  for (let hour = 1; hour <= horizon; hour++) {
    const [before, after] = [above(hour - 1), above(hour)];
    if (before > 0 && after <= 0) return hour - 1 + before / (before - after);
  }
  return null;
}
