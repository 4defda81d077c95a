import type { HistoryPoint } from '#lib/model/history.ts';
import { forecastExhaustion } from '#lib/network/forecast/forecast.ts';
import { STEPS_PER_HOUR } from '#test/bench/forecast-movements.ts';
import type { Series } from '#test/bench/forecast-series.ts';

/** The thresholds of the check subnet-ip-exhaustion, in hours. */
const WARNING = 24;
const CRITICAL = 4;
/** A warning is of use to somebody who still has an hour. */
const LEAST_LEAD = 1;
/** A warning is false where nothing is exhausted within so many times its forecast. */
const GRACE = 3;
const RECENT = 48 * STEPS_PER_HOUR;
const RING = 28 * 24 * STEPS_PER_HOUR;
const HOUR = 3_600_000;
const EPOCH = Date.parse('2026-03-02T00:00:00Z');

interface Estimate {
  readonly hours: number;
  readonly earliest?: number;
  readonly latest?: number;
}

/** Answers undefined where nothing is forecast. */
export type Method = (points: readonly HistoryPoint[], now: Date) => Estimate | undefined;

export interface Walk {
  /** Hours from the first warning that stood until the exhaustion; NaN where the series never ends. */
  readonly lead: number;
  /** Asks, and those that warned with no exhaustion to follow. */
  readonly asks: number;
  readonly falseWarnings: number;
  readonly falseCriticals: number;
  /** Of every warning in the last 24 hours, |forecast - truth| / truth. */
  readonly errors: readonly number[];
  /** Of those that came with an interval, whether the truth lay in it. */
  readonly covered: readonly boolean[];
}

export const ours: Method = (points, now) => {
  const forecast = forecastExhaustion(points, { now });
  if (forecast.kind !== 'exhausts') return undefined;
  const { hours, earliestHours, latestHours } = forecast;
  return { hours, earliest: earliestHours, latest: latestHours ?? Number.POSITIVE_INFINITY };
};

/** The slope of the last two readings. */
export const lastTwo: Method = (points, now) => {
  const [before, last] = points.slice(-2);
  if (before === undefined || last === undefined) return undefined;
  const age = (Date.parse(last.at) - Date.parse(before.at)) / HOUR;
  return falling((last.value - before.value) / age, last.value, Date.parse(last.at), now);
};

/** A line by least squares through the whole ring. */
export const leastSquares: Method = (points, now) => {
  const xs = points.map(({ at }) => (Date.parse(at) - now.getTime()) / HOUR);
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [meanX, meanY] = [mean(xs), mean(points.map(({ value }) => value))];
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { value }, at) => sum + ((xs[at] ?? 0) - meanX) * (value - meanY), 0) / spread;
  return falling(slope, meanY - slope * meanX, now.getTime(), now);
};

function falling(perHour: number, level: number, at: number, now: Date): Estimate | undefined {
  return perHour < 0 ? { hours: Math.max(0, -level / perHour - (now.getTime() - at) / HOUR) } : undefined;
}

/** Asks every so many steps, an hour unless told, from `from` on, for what the ring held then. */
export function walk(method: Method, series: Series, from: number, every = STEPS_PER_HOUR): Walk {
  const { values, exhaustedAt } = series;
  const ringAt = ringsOf(series);
  const asks: Ask[] = [];
  for (let t = from; t < (exhaustedAt ?? values.length); t += every) {
    const estimate = method(ringAt(t), timeOf(t));
    const truth = exhaustedAt === undefined ? Number.POSITIVE_INFINITY : (exhaustedAt - t) / STEPS_PER_HOUR;
    const warned = estimate !== undefined && estimate.hours < WARNING;
    asks.push({
      truth,
      estimate: warned ? estimate : undefined,
      wrong: warned && truth > GRACE * Math.max(LEAST_LEAD, estimate.hours),
    });
  }
  return tally(asks, exhaustedAt !== undefined);
}

interface Ask {
  /** Hours that were left in truth. */
  readonly truth: number;
  /** Where it warned. */
  readonly estimate: Estimate | undefined;
  readonly wrong: boolean;
}

function tally(asks: readonly Ask[], ends: boolean): Walk {
  const near = asks.flatMap(({ truth, estimate }) => (estimate !== undefined && truth < WARNING ? [{ truth, ...estimate }] : []));
  return {
    lead: ends ? leadOf(asks) : Number.NaN,
    asks: asks.length,
    falseWarnings: asks.filter(({ wrong }) => wrong).length,
    falseCriticals: asks.filter(({ wrong, estimate }) => wrong && estimate !== undefined && estimate.hours < CRITICAL).length,
    errors: near.map(({ truth, hours }) => Math.abs(hours - truth) / truth),
    covered: near.flatMap(({ truth, earliest, latest }) =>
      earliest === undefined || latest === undefined ? [] : [earliest <= truth && truth <= latest],
    ),
  };
}

/** Asks without a warning that do not close a finding. */
const DAMPED = 2;

/** Hours before the exhaustion of the first warning of those that lasted until it was too late to act. */
function leadOf(asks: readonly Ask[]): number {
  let [lead, silent] = [0, 0];
  for (const { truth, estimate, wrong } of asks.filter((ask) => ask.truth >= LEAST_LEAD).reverse()) {
    // In the last 24 hours, a warning of less time than there is, is a warning still.
    const warned = estimate !== undefined && !(wrong && truth >= WARNING);
    silent = warned ? 0 : silent + 1;
    if (silent > DAMPED) break;
    if (warned) lead = truth;
  }
  return lead;
}

const timeOf = (t: number) => new Date(EPOCH + t * (HOUR / STEPS_PER_HOUR));

/** The ring of a series' last reading, or of the last before its exhaustion. */
export function ringAtEnd(series: Series): { readonly points: readonly HistoryPoint[]; readonly now: Date } {
  const end = (series.exhaustedAt ?? series.values.length) - 1;
  return { points: ringsOf(series)(end), now: timeOf(end) };
}

/** What the ring holds at a step: 5 minutes for 48 hours, whole hours for 28 days. */
function ringsOf({ values }: Series): (t: number) => readonly HistoryPoint[] {
  const read = Array.from(values, (value, t) => ({ at: timeOf(t).toISOString(), value, t })).filter(
    ({ value }) => !Number.isNaN(value),
  );
  const hourly = read.filter(({ t }) => t % STEPS_PER_HOUR === 0);
  const between = (points: typeof read, above: number, upTo: number) => points.slice(after(points, above), after(points, upTo));
  const after = (points: typeof read, step: number) => {
    const first = points.findIndex(({ t }) => t > step);
    return first < 0 ? points.length : first;
  };
  return (t) => [...between(hourly, t - RING, t - RECENT), ...between(read, t - RECENT, t)];
}
