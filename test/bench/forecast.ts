import { forecastExhaustion } from '#lib/network/forecast/forecast.ts';
import { STEPS_PER_HOUR, seeded } from '#test/bench/forecast-movements.ts';
import { FAMILIES, type Family } from '#test/bench/forecast-series.ts';
import { lastTwo, leastSquares, type Method, ours, ringAtEnd, type Walk, walk } from '#test/bench/forecast-walk.ts';
import { median } from '#test/bench/median.ts';

const METHODS: readonly (readonly [string, Method])[] = [
  ['cniwatch', ours],
  ['last two readings', lastTwo],
  ['least squares', leastSquares],
];
/** Not those that the method was chosen by. */
const SEEDS = Array.from({ length: 5 }, (_, at) => 401 + at);
/** Days of history before the first ask. */
const BEFORE = 3;

/** Walks a family's series of these seeds, with every ask after the first days. */
export function walksOf(family: Family, method: Method, seeds: readonly number[]): readonly Walk[] {
  return seeds.map((seed) => walk(method, family.make(seeded(seed)), BEFORE * 24 * STEPS_PER_HOUR));
}

type Row = Readonly<Record<string, string>>;

/** One row for every family and method. */
export function measureForecasts(): Readonly<Record<string, Row>> {
  const rows = FAMILIES.flatMap((family) =>
    METHODS.map(([name, method]): [string, Row] => [
      `${family.name}: ${name}`,
      rowOf(walksOf(family, method, SEEDS), family.exhausts),
    ]),
  );
  return Object.fromEntries(rows);
}

function rowOf(walks: readonly Walk[], exhausts: boolean): Row {
  const total = (of: (one: Walk) => number) => walks.reduce((sum, one) => sum + of(one), 0);
  const ofAsks = (of: (one: Walk) => number) => `${((100 * total(of)) / total(({ asks }) => asks)).toFixed(2)} %`;
  return {
    ...(exhausts ? leadOf(walks) : {}),
    'false warnings': ofAsks(({ falseWarnings }) => falseWarnings),
    'false criticals': ofAsks(({ falseCriticals }) => falseCriticals),
    'series with a false one': `${walks.filter(({ falseWarnings }) => falseWarnings > 0).length} of ${walks.length}`,
  };
}

function leadOf(walks: readonly Walk[]): Row {
  const leads = walks.map(({ lead }) => lead);
  const errors = walks.flatMap((one) => one.errors);
  const covered = walks.flatMap((one) => one.covered);
  return {
    missed: `${leads.filter((lead) => lead < 1).length} of ${walks.length}`,
    'lead, median': `${median(leads).toFixed(1)} h`,
    'lead, worst': `${Math.min(...leads).toFixed(1)} h`,
    error: errors.length > 0 ? `${Math.round(100 * median(errors))} %` : '',
    'in the interval': covered.length > 0 ? `${Math.round((100 * covered.filter(Boolean).length) / covered.length)} %` : '',
  };
}

const SUBNETS = 100;
const ROUNDS = 9;

/** Milliseconds of CPU for 100 subnets with the rings of every family at their ends. */
export function measureForecastTime(): number {
  const rings = Array.from({ length: SUBNETS }, (_, at) => {
    const family = FAMILIES[at % FAMILIES.length] as Family;
    return ringAtEnd(family.make(seeded(at)));
  });
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    for (const { points, now } of rings) forecastExhaustion(points, { now });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return median(rounds);
}
