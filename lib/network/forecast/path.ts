import type { Rhythm } from '#lib/network/forecast/rhythm.ts';

/** When a floor is reached: hours from now, with the interval that holds it. */
export interface Reach {
  readonly hours: number;
  readonly earliestHours: number;
  /** null where it may not be within the horizon. */
  readonly latestHours: number | null;
  /** What is lost an hour. */
  readonly perHour: number;
}

/** What the next hours start from and how they go on. */
export interface Path {
  /** The level of now above the floor, less the rhythm. */
  readonly level: number;
  /** An hour; 0 where only the rhythm moves it. */
  readonly slope: number;
  readonly rhythm: Rhythm;
}

/** Hours until a path is down at the floor; null where it is not within the horizon. */
export function hoursToFloor({ level, slope, rhythm }: Path, horizon: number): number | null {
  const above = (hour: number) => level + slope * hour + rhythm.at(hour);
  if (above(0) <= 0) return 0;
  // Before this hour not even the deepest of the rhythm reaches it.
  const soonest = slope < 0 ? Math.floor(Math.max(0, level + rhythm.lowest) / -slope) : 0;
  const latest = slope < 0 ? horizon : Math.min(horizon, rhythm.period);
  // A path is straight between whole hours.
  for (let hour = soonest + 1; hour - 1 < latest; hour++) {
    const [before, after] = [above(hour - 1), above(hour)];
    if (after > 0) continue;
    const hours = hour - 1 + Math.max(0, before) / (Math.max(0, before) - after);
    return hours <= horizon ? hours : null;
  }
  return null;
}
