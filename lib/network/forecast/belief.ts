import { medianOf } from '#lib/network/forecast/readings.ts';
import type { Rhythm } from '#lib/network/forecast/rhythm.ts';
import type { Fall } from '#lib/network/forecast/trend.ts';

/** A normal distribution's standard deviation in median absolute deviations. */
const MAD = 1.4826;
/** Standard deviations by which a fall stands out. */
const OUTSTANDING = 3;
/** Hours by which a rhythm may come early or late. */
export const RHYTHM_SLACK = 0.5;
const DAY = 24;

/**
 * Whether a fall stands out from how moves over windows of this length differ anyway from the ones before them: a steady fall is like
 * the one before it, and noise that remembers is not, which falls for hours beyond what ranks, taking points for independent, call chance.
 * @param steady levels less their rhythm at every whole hour ago
 */
export function standsOut(steady: Float64Array, { window, slope }: Fall): boolean {
  const lag = Math.min(window, Math.floor(steady.length / 8));
  if (lag < 1) return true;
  const turns = new Float64Array(steady.length - 2 * lag);
  for (let hour = 0; hour < turns.length; hour++) {
    turns[hour] = Math.abs((steady[hour] ?? 0) - 2 * (steady[hour + lag] ?? 0) + (steady[hour + 2 * lag] ?? 0));
  }
  // Two moves make a turn; over a window longer than the history can show, they spread as a random walk does.
  const spread = MAD * medianOf(turns) * Math.sqrt(window / lag / 2);
  return -slope * window >= OUTSTANDING * spread;
}

/** Hours: a ramp within one hour is drawn over the two around it. */
const DRAWN = 1;

/** Whether a fall is more than a rhythm's ramp makes that comes a little early or late, or steeper than hours can draw it. */
export function exceedsRamp(rhythm: Rhythm, { window, slope }: Fall): boolean {
  let most = 0;
  for (let ago = 0; ago <= Math.min(DAY, window); ago += RHYTHM_SLACK) most = Math.max(most, rampAt(rhythm, -ago, DRAWN));
  return -slope * window >= most;
}

/** How far the rhythm moved the level in the time before an hour. */
export function rampAt(rhythm: Rhythm, hours: number, within = RHYTHM_SLACK): number {
  return Math.abs(rhythm.at(hours) - rhythm.at(hours - within));
}

/** Earlier falls count that were this share as fast; one went on that fell this share as fast afterwards. */
const LIKE = 0.5;
/** A window is looked for in the past at this many steps of its length: neighbours tell the same. */
const STEPS = 8;

/**
 * Whether falls like this one went on, for the most part, as this one is foretold to. Surges, batch jobs and a rhythm not yet learnt
 * fall as fast as a leak does: what tells them apart is that they stopped before. Where there was none like it, it is believed.
 * @param left how far the level still is from the floor
 */
export function wentOnBefore(steady: Float64Array, { window, slope }: Fall, left: number): boolean {
  const ahead = Math.ceil(Math.max(1, window / 2, left / -slope));
  const step = Math.ceil(window / STEPS);
  let [alike, wentOn] = [0, 0];
  for (let hour = ahead; hour + window < steady.length; hour += step) {
    const here = steady[hour] ?? 0;
    if ((steady[hour + window] ?? 0) - here < LIKE * -slope * window) continue;
    alike++;
    if (fellTo(here + LIKE * slope * ahead, steady, hour, ahead, step)) wentOn++;
  }
  return 2 * wentOn >= alike;
}

function fellTo(level: number, steady: Float64Array, from: number, ahead: number, step: number): boolean {
  for (let later = ahead; later > 0; later -= step) if ((steady[from - later] ?? 0) <= level) return true;
  return false;
}
