import { middleOf, type Readings } from '#lib/network/forecast/readings.ts';
import { type Slope, theilSen } from '#lib/network/forecast/theil-sen.ts';

/** A fall that a window of the history shows: slopes an hour, all negative. */
export interface Fall extends Slope {
  /** Hours back from now that it was seen over. */
  readonly window: number;
}

/** Hours: from what a leak that is over by lunch shows, to all that a history holds. */
const WINDOWS = [1, 2, 4, 8, 16, 24, 48, 96, 168, 336, 672];
/** A window's median points: a dip shorter than a half of its 12th is gone, and a slope of 12 points costs 66 pairs. */
const PARTS = 12;
const LEAST_PARTS = 8;
/** A window may reach back so much further than its history. */
const SLACK = 1.1;
/** Each half of a window falls at this share of its rate at least: of a step or a dip, one half does not. */
const LEAST_SHARE = 1 / 3;
/** Hours; below, a rhythm that came late looks like a fall. */
const DAY = 24;

/**
 * The falls that are beyond chance over their window and hold through both halves of it, the shortest window first.
 * @param steady the readings less their rhythm
 */
export function fallsIn(steady: Readings, readings: Readings): readonly Fall[] {
  const oldest = steady.ages.at(-1) ?? 0;
  return WINDOWS.filter((window) => window <= SLACK * oldest).flatMap((window) => {
    const fall = lastingFall(partsOf(steady, window));
    if (fall === undefined) return [];
    // The descent that a rhythm foretold and that did not come is no fall: the readings themselves must show it.
    if (window < DAY && !fallsAtLeast(partsOf(readings, window), LEAST_SHARE * fall.slope)) return [];
    return [{ ...fall, window }];
  });
}

export interface Points {
  /** Hours from now, newest first. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** A slope that is negative beyond chance, and so in both halves of the points. */
export function lastingFall({ xs, ys }: Points): Slope | undefined {
  const whole = xs.length < LEAST_PARTS ? undefined : theilSen(xs, ys);
  if (whole === undefined || whole.most >= 0) return undefined;
  const middle = xs.length / 2;
  const halves = [
    { xs: xs.slice(0, Math.ceil(middle)), ys: ys.slice(0, Math.ceil(middle)) },
    { xs: xs.slice(Math.floor(middle)), ys: ys.slice(Math.floor(middle)) },
  ];
  return halves.every((half) => fallsAtLeast(half, LEAST_SHARE * whole.slope)) ? whole : undefined;
}

function fallsAtLeast({ xs, ys }: Points, slope: number): boolean {
  return (theilSen(xs, ys)?.slope ?? 0) <= slope;
}

function partsOf(readings: Readings, window: number): Points {
  const { ages } = readings;
  const [xs, ys]: [number[], number[]] = [[], []];
  let from = 0;
  for (let part = 1; part <= PARTS; part++) {
    let to = from;
    while (to < ages.length && (ages[to] ?? 0) < (part * window) / PARTS) to++;
    if (to > from) {
      const { age, value } = middleOf(readings, from, to);
      xs.push(-age);
      ys.push(value);
    }
    from = to;
  }
  return { xs, ys };
}
