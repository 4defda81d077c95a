import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryPoint } from '#lib/model/history.ts';
import { type Forecast, forecastExhaustion } from '#lib/network/forecast/forecast.ts';

const NOW = new Date('2026-05-04T12:00:00Z');
const HOUR = 3_600_000;
const FIVE_MINUTES = 1 / 12;

const at = (hoursAgo: number, value: number): HistoryPoint => ({
  at: new Date(NOW.getTime() - hoursAgo * HOUR).toISOString(),
  value,
});

/** What publish keeps: 5 minutes for 48 hours, hourly for 28 days, as far back as asked, oldest first. */
function ring(hours: number, value: (hoursAgo: number) => number): readonly HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (let ago = Math.min(672, hours); ago > 48; ago--) points.push(at(ago, value(ago)));
  for (let step = Math.round(Math.min(48, hours) / FIVE_MINUTES); step >= 0; step--) {
    points.push(at(step * FIVE_MINUTES, value(step * FIVE_MINUTES)));
  }
  return points;
}

const forecast = (points: readonly HistoryPoint[], options: { floor?: number; horizonHours?: number } = {}) =>
  forecastExhaustion(points, { now: NOW, ...options });

function exhaustion(points: readonly HistoryPoint[], options: { floor?: number; horizonHours?: number } = {}) {
  const found = forecast(points, options);
  if (found.kind !== 'exhausts') throw new Error(`forecast ${JSON.stringify(found)}`);
  return found;
}

/** Autoscaled pods: low from 8 to 16 o'clock, back at night. NOW is noon. */
const sawTooth = (top: number, depth: number) => (hoursAgo: number) => {
  const hour = (((12 - hoursAgo) % 24) + 24) % 24;
  return top - depth * Math.max(0, Math.min(1, (hour - 6) / 3, (19 - hour) / 3));
};

describe('exhausts', () => {
  test.each([
    ['a leak that takes three hours, after two of them', 200, (ago: number) => (ago > 2 ? 1800 : 600 * (1 + ago)), 1, 600],
    ['a leak of days', 200, (ago: number) => 240 + 10 * ago, 24, 10],
    ['10 a day from 2,000, said in days', 672, (ago: number) => Math.round(1720 + (10 / 24) * ago), 4128, 10 / 24],
    ['hourly readings alone', 672, (ago: number) => (ago % 1 === 0 ? 100 + 2 * ago : Number.NaN), 50, 2],
    ['one wild reading', 200, (ago: number) => (ago === 1 ? 9000 : 240 + 10 * ago), 24, 10],
    ['a hole of half a day', 200, (ago: number) => (ago > 3 && ago < 15 ? Number.NaN : 240 + 10 * ago), 24, 10],
    ['a step up a day ago, and the leak goes on', 300, (ago: number) => 240 + 10 * ago - (ago > 24 ? 400 : 0), 24, 10],
  ])('%s', (_, hours, value, expected, perHour) => {
    const found = exhaustion(ring(hours, value));
    expect(found.hours / expected).toBeCloseTo(1, 1);
    expect(found.perHour / perHour).toBeCloseTo(1, 1);
    expect(found.earliestHours).toBeLessThanOrEqual(found.hours);
    expect(found.latestHours ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(found.hours);
  });

  test.each([
    ['at the floor', 0, 0],
    ['below it', 4, 5],
  ])('%s already: in 0 hours', (_, value, floor) => {
    expect(forecast([at(0, value)], { floor })).toEqual({
      kind: 'exhausts',
      hours: 0,
      earliestHours: 0,
      latestHours: 0,
      perHour: 0,
    });
  });

  test('the floor counts, not 0', () => {
    expect(
      exhaustion(
        ring(200, (ago) => 240 + 10 * ago),
        { floor: 120 },
      ).hours,
    ).toBeCloseTo(12, 0);
  });

  test('the low of a day counts: a slow leak is over tomorrow at noon, though the nights have room', () => {
    const leaking = (ago: number) => sawTooth(1000, 900)(ago + 6) + (80 / 24) * (ago - 19);
    const found = exhaustion(ring(500, leaking));
    // Today's low ends 3 above the floor, tomorrow's begins at it.
    expect(found.hours).toBeGreaterThan(26);
    expect(found.hours).toBeLessThan(28);
  });

  test('a step takes the next low of a known rhythm to the floor', () => {
    const night = (ago: number) => sawTooth(1000, 600)(ago + 10);
    const found = exhaustion(ring(300, (ago) => night(ago) - (ago < 5 ? 450 : 0)));
    expect(found.hours).toBeGreaterThan(3);
    expect(found.hours).toBeLessThan(8);
    expect(found.latestHours).toBeNull();
  });
});

describe('lasts', () => {
  test.each([
    ['a level', 300, () => 50],
    ['a rise', 300, (ago: number) => 2000 - 5 * ago],
    ['the noon of a day like the others', 400, sawTooth(1000, 950)],
    ['the morning of a day like the others', 400, (ago: number) => sawTooth(1000, 950)(ago + 4)],
    ['a step an hour ago, and level since', 300, (ago: number) => (ago > 1 ? 1500 : 300)],
    ['a step in the middle of the history', 300, (ago: number) => (ago > 150 ? 1500 : 100)],
    [
      'a new node group, joining over half an hour',
      300,
      (ago: number) => 1500 - 1200 * Math.max(0, Math.min(1, (2 - ago) / 0.5)),
    ],
    ['in the midst of a rolling update', 300, (ago: number) => 500 - 450 * Math.max(0, Math.min(1, (0.5 - ago) / 0.25))],
    ['rolling updates every six hours', 300, (ago: number) => (ago % 6 < 0.5 ? 100 : 800)],
    ['one wild reading', 300, (ago: number) => (ago === 1 ? 3 : 800)],
  ])('%s', (_, hours, value) => {
    expect(forecast(ring(hours, value))).toEqual({ kind: 'lasts', horizonHours: hours });
  });

  test('within the horizon that is asked for, and no further than the history goes back', () => {
    expect(
      forecast(
        ring(300, () => 50),
        { horizonHours: 24 },
      ),
    ).toEqual({ kind: 'lasts', horizonHours: 24 });
    expect(
      forecast(
        ring(12, () => 50),
        { horizonHours: 24 },
      ),
    ).toEqual({ kind: 'lasts', horizonHours: 12 });
    expect(
      forecast(
        ring(300, (ago) => 1000 + 10 * ago),
        { horizonHours: 24 },
      ),
    ).toEqual({ kind: 'lasts', horizonHours: 24 });
  });
});

describe('unknown', () => {
  test.each([
    ['no history', [], 'it has no history'],
    ['one reading', [at(0, 50)], 'its history covers 0 hours of the 6 that a forecast needs'],
    ['a history too short', ring(3, () => 50), 'its history covers 3 hours of the 6 that a forecast needs'],
    ['two readings a month apart', [at(672, 50), at(0, 50)], 'its history covers 0 hours of the 6 that a forecast needs'],
    [
      'no reading of late',
      ring(48, () => 50).slice(0, -100),
      'its last reading is 8 hours old and a forecast needs one of the last 6',
    ],
  ])('%s', (_, points, reason) => {
    expect(forecast(points)).toEqual({ kind: 'unknown', reason });
  });

  test('a short history is enough for a fall that is soon over', () => {
    expect(exhaustion(ring(2, (ago) => 300 + 300 * ago)).hours).toBeCloseTo(1);
  });
});

/** Rings with a fall, a rhythm, noise of whole addresses, and holes; and readings without any order in them. */
const fallingRing = fc
  .record({
    hours: fc.integer({ min: 1, max: 672 }),
    level: fc.integer({ min: 1, max: 4000 }),
    slope: fc.double({ min: -2, max: 40, noNaN: true }),
    depth: fc.integer({ min: 0, max: 500 }),
    noise: fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 50 }),
    holes: fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 40 })), { maxLength: 3 }),
  })
  .map(({ hours, level, slope, depth, noise, holes }) =>
    ring(hours, (ago) => {
      const inHole = holes.some(([from, length]) => ago >= from && ago < from + length);
      const drawn = noise[Math.round(ago * 12) % noise.length] ?? 0;
      return inHole ? Number.NaN : Math.max(0, Math.round(level + slope * ago + sawTooth(0, depth)(ago) + drawn));
    }),
  );
const anyReadings = fc.array(
  fc
    .record({ ago: fc.integer({ min: 0, max: 8064 }), value: fc.integer({ min: 0, max: 3000 }) })
    .map(({ ago, value }) => at(ago / 12, value)),
  { maxLength: 80 },
);
const history = fc.oneof(fallingRing, anyReadings);
const numRuns = 150;

const numbersOf = (found: Forecast) =>
  found.kind === 'exhausts' ? [found.hours, found.earliestHours, found.latestHours ?? found.hours, found.perHour] : [];

test('no number is negative or none, and the interval holds the hours', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 100 }), (points, floor) => {
      const found = forecast(points, { floor });
      for (const number of numbersOf(found)) expect(number).toBeGreaterThanOrEqual(0);
      if (found.kind === 'lasts') expect(found.horizonHours).toBeGreaterThanOrEqual(6);
      if (found.kind !== 'exhausts') return;
      expect(found.earliestHours).toBeLessThanOrEqual(found.hours);
      expect(found.latestHours ?? found.hours).toBeGreaterThanOrEqual(found.hours);
      expect(Number.isFinite(found.hours)).toBe(true);
    }),
    { numRuns },
  );
});

test('order does not matter, nor do repeats, readings of the future and what is no number', () => {
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (points, keys) => {
      const noise = [at(-1, 7), at(-500, 0), at(3, Number.NaN), at(4, Number.POSITIVE_INFINITY)];
      const all = [...points, ...points.filter((_, index) => index % 3 === 0), ...noise];
      const shuffled = all
        .map((point) => ({ point, key: keys.next().value ?? 0 }))
        .sort((one, other) => one.key - other.key)
        .map(({ point }) => point);
      expect(forecast(shuffled)).toEqual(forecast(points));
    }),
    { numRuns },
  );
});

test('a scale of the values changes nothing but what is lost an hour', () => {
  // By powers of two, which round nothing.
  fc.assert(
    fc.property(history, fc.integer({ min: -3, max: 6 }), fc.integer({ min: 0, max: 64 }), (points, power, floor) => {
      const scale = 2 ** power;
      const found = forecast(points, { floor });
      const scaled = forecast(
        points.map(({ at: time, value }) => ({ at: time, value: value * scale })),
        { floor: floor * scale },
      );
      expect(scaled).toEqual(found.kind === 'exhausts' ? { ...found, perHour: found.perHour * scale } : found);
    }),
    { numRuns },
  );
});

test('a shift of the time, of the readings and of now, changes nothing', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: -1e10, max: 1e10 }), (points, by) => {
      const later = (time: string | Date) => new Date(new Date(time).getTime() + by);
      const shifted = points.map(({ at: time, value }) => ({ at: later(time).toISOString(), value }));
      expect(forecastExhaustion(shifted, { now: later(NOW) })).toEqual(forecast(points));
    }),
    { numRuns },
  );
});

test('of two straight falls from one level to where they are now, the steeper is never over later', () => {
  const slopes = fc.tuple(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.double({ min: 1, max: 20, noNaN: true }));
  fc.assert(
    fc.property(slopes, fc.integer({ min: 2, max: 672 }), fc.integer({ min: 1, max: 4000 }), ([slope, times], hours, level) => {
      const hoursOf = (perHour: number) => {
        const found = forecast(ring(hours, (ago) => level + perHour * ago));
        return found.kind === 'exhausts' ? found.hours : Number.POSITIVE_INFINITY;
      };
      const [slower, faster] = [hoursOf(slope), hoursOf(slope * times)];
      expect(faster).toBeLessThanOrEqual(slower * (1 + 1e-9));
    }),
    { numRuns },
  );
});
