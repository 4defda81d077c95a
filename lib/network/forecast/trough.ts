import { RHYTHM_SLACK, rampAt } from '#lib/network/forecast/belief.ts';
import { hoursToFloor, type Reach } from '#lib/network/forecast/path.ts';
import { medianOf } from '#lib/network/forecast/readings.ts';
import type { SteadyHistory } from '#lib/network/forecast/rhythm.ts';

/** Hours that a new level must have lasted, for the most part, to be taken for one; and of which so many must be read. */
const SETTLED = 4;
const LEAST_READ = 3;

/** When the rhythm alone takes the level of the last hours to the floor, as after a step; undefined where it does not. */
export function troughReach({ readings, steady, rhythm }: SteadyHistory, floor: number, horizon: number): Reach | undefined {
  const { ages, values } = steady;
  let count = 0;
  while (count < ages.length && (ages[count] ?? 0) <= SETTLED) count++;
  if (new Set(ages.subarray(0, count).map(Math.floor)).size < LEAST_READ) return undefined;
  // What a ramp of the rhythm that came early takes away, it gives back.
  const level = medianOf(values.slice(0, count).map((value, at) => value + rampAt(rhythm, -(ages[at] ?? 0)))) - floor;
  const hours = hoursToFloor({ level, slope: 0, rhythm }, horizon);
  if (hours === null) return undefined;
  const left = (readings.values[0] ?? 0) - floor;
  return { hours, earliestHours: Math.max(0, hours - RHYTHM_SLACK), latestHours: null, perHour: left / Math.max(1, hours) };
}
