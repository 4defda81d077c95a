import type { HistoryPoint } from '#lib/model/history.ts';

/** Readings of the past by hours before now. */
export interface Readings {
  /** Hours ago, newest first, none negative; one reading an instant. */
  readonly ages: Float64Array;
  readonly values: Float64Array;
}

const HOUR = 3_600_000;

/** Sorts the points and drops what is no number or lies after `now`; of several readings of an instant the lowest counts. */
export function readingsBefore(points: readonly HistoryPoint[], now: Date): Readings {
  const [ages, values] = [new Float64Array(points.length), new Float64Array(points.length)];
  let [count, newestFirst] = [0, true];
  // A ring is oldest first, so that it needs no sorting from its end.
  for (let at = points.length - 1; at >= 0; at--) {
    const { at: time, value } = points[at] as HistoryPoint;
    const age = (now.getTime() - Date.parse(time)) / HOUR;
    if (!(age >= 0) || !Number.isFinite(value)) continue;
    newestFirst &&= count === 0 || age > (ages[count - 1] ?? 0);
    ages[count] = age;
    values[count++] = value;
  }
  const readings = { ages: ages.subarray(0, count), values: values.subarray(0, count) };
  return newestFirst ? readings : sorted(readings);
}

function sorted({ ages, values }: Readings): Readings {
  const all = Array.from(ages, (age, at) => ({ age, value: values[at] ?? 0 }));
  all.sort((one, other) => one.age - other.age || one.value - other.value);
  const kept = all.filter(({ age }, at) => age !== all[at - 1]?.age);
  return { ages: Float64Array.from(kept, ({ age }) => age), values: Float64Array.from(kept, ({ value }) => value) };
}

/** A level for every whole hour ago, that of now first. */
export interface HourlyLevels {
  readonly levels: Float64Array;
  /** 1 where readings stand on both sides within two hours, 0 where a line bridges a gap. */
  readonly seen: Uint8Array;
}

const GAP = 2;

/** The medians of the hours, with straight lines between them: a dip of minutes is gone, whatever the resolution. */
export function hourlyLevels(readings: Readings): HourlyLevels {
  const { ages, values } = readings;
  const levels = new Float64Array(ages.length === 0 ? 0 : Math.floor(ages.at(-1) ?? 0) + 1);
  const seen = new Uint8Array(levels.length).fill(1);
  let [hour, newer] = [0, { age: 0, value: values[0] ?? 0 }];
  for (let from = 0; from < ages.length; ) {
    let to = from + 1;
    while (to < ages.length && Math.round(ages[to] ?? 0) === Math.round(ages[from] ?? 0)) to++;
    const here = middleOf(readings, from, to);
    for (; hour < levels.length && hour <= here.age; hour++) {
      const share = here.age > newer.age ? (hour - newer.age) / (here.age - newer.age) : 1;
      levels[hour] = newer.value + (here.value - newer.value) * share;
      if (here.age - newer.age > GAP) seen[hour] = 0;
    }
    [newer, from] = [here, to];
  }
  return { levels: levels.fill(newer.value, hour), seen };
}

/** The value of which `share` of the others are lower. Sorts its argument in place; NaN of nothing. */
export const quantileOf = (values: Float64Array, share: number): number => quantileOfSorted(values.sort(), share);

/** Sorts its argument in place; NaN of nothing. */
export const medianOf = (values: Float64Array): number => quantileOf(values, 0.5);

/** The readings from one place to before another, as one: the middle of their ages, the median of their values. */
export function middleOf({ ages, values }: Readings, from: number, to: number): { readonly age: number; readonly value: number } {
  if (to - from === 1) return { age: ages[from] ?? 0, value: values[from] ?? 0 };
  return { age: quantileOfSorted(ages.subarray(from, to), 0.5), value: medianOf(values.slice(from, to)) };
}

export function quantileOfSorted(values: Float64Array, share: number): number {
  const rank = share * (values.length - 1);
  const low = values[Math.floor(rank)] ?? Number.NaN;
  return low + ((values[Math.ceil(rank)] ?? low) - low) * (rank % 1);
}
