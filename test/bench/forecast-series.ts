/** Series of free addresses of a subnet whose future is known: some reach 0, the others never do. */
import {
  DAY,
  daily,
  dailyFrom,
  days,
  deploys,
  leak,
  nodes,
  noise,
  plateau,
  type Random,
  STEPS_PER_HOUR,
  type Use,
  weekdaysOnly,
} from '#test/bench/forecast-movements.ts';

export interface Series {
  /** Free addresses every 5 minutes; NaN where the reading is missing. */
  readonly values: Float64Array;
  /** Where it first is 0, or undefined. */
  readonly exhaustedAt: number | undefined;
}

export interface Family {
  readonly name: string;
  readonly exhausts: boolean;
  readonly make: (random: Random) => Series;
}

function series(length: number, start: number, uses: readonly Use[], lowest = 0): Series {
  const values = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const free = Math.max(lowest, Math.round(start - uses.reduce((sum, use) => sum + use(t), 0)));
    values[t] = free;
    if (free <= 0) return { values: values.subarray(0, t + 1), exhaustedAt: t };
  }
  return { values, exhaustedAt: undefined };
}

function withGaps({ values, exhaustedAt }: Series, random: Random): Series {
  const gapped = values.slice();
  for (let t = days(1); t < gapped.length; t += Math.floor(random.between(6, 40) * STEPS_PER_HOUR)) {
    gapped.fill(Number.NaN, t, t + Math.floor(random.between(1, 6) * STEPS_PER_HOUR));
  }
  for (let t = 0; t < gapped.length; t++) if (random.next() < 0.2) gapped[t] = Number.NaN;
  return { values: gapped, exhaustedAt };
}

const START = 2000;
const quiet = (random: Random, length: number) => noise(random, length, 4);

function ending(name: string, uses: (random: Random, from: number, length: number) => readonly Use[]): Family {
  return {
    name,
    exhausts: true,
    make: (random) => {
      const [from, length] = [days(random.between(4, 12)), days(50)];
      return series(length, START, uses(random, from, length));
    },
  };
}

/** Never below 3 % of the addresses. */
function lasting(name: string, uses: (random: Random, length: number) => readonly Use[], lowest = 0.03 * START): Family {
  return {
    name,
    exhausts: false,
    make: (random) => series(days(24), START, uses(random, days(24)), lowest),
  };
}

const gapped = (family: Family): Family => ({ ...family, make: (random) => withGaps(family.make(random), random) });

export const FAMILIES: readonly Family[] = [
  ending('leak of hours', (random, from, length) => [
    leak(from, START, random.between(3, 8) * STEPS_PER_HOUR),
    quiet(random, length),
  ]),
  ending('leak of hours over a daily rhythm', (random, from, length) => [
    leak(from, START, random.between(6, 14) * STEPS_PER_HOUR),
    daily(random, 0.4 * START),
    quiet(random, length),
  ]),
  ending('leak of days', (random, from, length) => [leak(from, START, days(random.between(1.5, 6))), quiet(random, length)]),
  ending('leak of weeks', (random, from, length) => [leak(from, START, days(random.between(12, 28))), quiet(random, length)]),
  ending('leak of days in noise', (random, from, length) => [
    leak(from, START, days(random.between(2, 8))),
    noise(random, length, random.between(30, 80), 6),
  ]),
  ending('accelerating', (random, from, length) => [
    leak(from, START, days(random.between(2, 8)), random.between(1.5, 3)),
    noise(random, length, 10),
  ]),
  ending('nodes that join', (random, from, length) => [
    nodes(random, from, START, days(random.between(2, 8)), random.between(20, 100)),
    quiet(random, length),
  ]),
  ending('leak of weeks over a daily rhythm', (random, from, length) => [
    leak(from, 0.6 * START, days(random.between(8, 24))),
    daily(random, random.between(0.3, 0.5) * START),
    noise(random, length, 15),
  ]),
  ending('leak of weeks over a weekly rhythm', (random, from, length) => [
    leak(from, 0.6 * START, days(random.between(14, 28))),
    weekdaysOnly(daily(random, random.between(0.3, 0.5) * START), 0.2),
    noise(random, length, 15),
  ]),
  ending('daily peaks that grow', (random, from, length) => {
    const [peak, grows] = [daily(random, 1), leak(from, 1, days(random.between(8, 20)))];
    return [(t) => START * (0.35 + 0.65 * grows(t)) * peak(t), noise(random, length, 15)];
  }),
  ending('step under a daily rhythm', (random, from, length) => {
    const opens = Math.floor(random.between(0, DAY));
    const steps = from - (from % DAY) + opens - random.between(1, 10) * STEPS_PER_HOUR;
    return [
      dailyFrom(opens, random, 0.6 * START),
      plateau(steps, Number.POSITIVE_INFINITY, 0.5 * START, random.between(1, 12)),
      quiet(random, length),
    ];
  }),
  ending('leak of days under deploys', (random, from, length) => [
    leak(from, START, days(random.between(2, 8))),
    deploys(random, length, 0.1 * START, 5),
    quiet(random, length),
  ]),
  gapped(
    ending('leak of days with gaps', (random, from, length) => [
      leak(from, START, days(random.between(2, 6))),
      quiet(random, length),
    ]),
  ),
  lasting('flat', () => [() => 0.8 * START]),
  lasting('noise', (random, length) => [
    () => 0.6 * START,
    noise(random, length, random.between(40, 150), random.between(1, 24)),
  ]),
  lasting('daily rhythm', (random, length) => [daily(random, random.between(0.7, 0.95) * START), noise(random, length, 10)]),
  lasting('weekly rhythm', (random, length) => [
    weekdaysOnly(daily(random, random.between(0.7, 0.95) * START), random.between(0, 0.4)),
    noise(random, length, 10),
  ]),
  lasting('step', (random, length) => [
    plateau(days(random.between(3, 18)), Number.POSITIVE_INFINITY, random.between(0.3, 0.9) * START, random.between(1, 12)),
    quiet(random, length),
  ]),
  lasting('step and back', (random, length) => {
    const from = days(random.between(3, 16));
    const depth = random.between(0.3, 0.9) * START;
    return [plateau(from, from + days(random.between(0.1, 4)), depth, random.between(1, 12)), quiet(random, length)];
  }),
  lasting('deploys', (random, length) => [deploys(random, length, random.between(0.3, 0.9) * START, 4), quiet(random, length)]),
  lasting('batch jobs', (random, length) => {
    const jobs: Use[] = [];
    for (let from = days(1); from < length; from += days(random.between(0.3, 2.5))) {
      const ramp = random.between(0.5, 3) * STEPS_PER_HOUR;
      jobs.push(plateau(from, from + 2 * ramp + days(random.between(0.05, 0.3)), random.between(0.3, 0.8) * START, ramp));
    }
    return [...jobs, quiet(random, length)];
  }),
  lasting('walk within bounds', (random, length) => [
    () => 0.5 * START,
    noise(random, length, random.between(0.1, 0.16) * START, days(random.between(0.3, 2))),
  ]),
  lasting('single wild readings', (random, length) => {
    const wild = Float64Array.from({ length }, () => (random.next() < 0.005 ? 0.9 * START : 0));
    return [(t) => wild[t] ?? 0, quiet(random, length)];
  }),
  gapped(lasting('daily rhythm with gaps', (random, length) => [daily(random, 0.8 * START), noise(random, length, 10)])),
];
