import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runGaps } from '#lib/config/run-gaps.ts';

const gaps = (check: string, timezone = 'UTC') => runGaps({ check, timezone });

test.each<[string, number, number]>([
  ['rate(1 minute)', 1, 1],
  ['rate(5 minutes)', 5, 5],
  ['rate(2 hours)', 120, 120],
  ['rate(1 day)', 1440, 1440],
  ['cron(0/15 * * * ? *)', 15, 15],
  ['cron(*/10 * * * ? *)', 10, 10],
  ['cron(0 * ? * * *)', 60, 60],
  ['cron(0,20 * * * ? *)', 20, 40],
  ['cron(0 7 * * ? *)', 1440, 1440],
  ['cron(0/5 8-18 ? * MON-FRI *)', 5, (2 * 24 + 13) * 60 + 5],
  ['cron(0 7 ? * 2 *)', 7 * 1440, 7 * 1440],
  ['cron(0 0 ? * FRI-MON *)', 1440, 4 * 1440],
  ['cron(0 7 1 * ? *)', 1440, Infinity],
  ['cron(0/30 7 L * ? *)', 30, Infinity],
  ['cron(0 7 ? * 6L *)', 1440, Infinity],
  ['cron(0 7 ? * MON#1 *)', 1440, Infinity],
  ['cron(0 7 * 6-8 ? *)', 1440, Infinity],
  ['cron(0 7 * * ? 2030)', 1440, Infinity],
])('%s runs every %i minutes, and %d at the farthest', (expression, shortest, longest) => {
  expect(gaps(expression)).toEqual({ shortest, longest });
});

test('where clocks are put forward, the longest gap is an hour more', () => {
  expect(gaps('cron(0 7 * * ? *)', 'Europe/Berlin')).toEqual({ shortest: 1440, longest: 1500 });
  expect(gaps('rate(5 minutes)', 'Europe/Berlin')).toEqual({ shortest: 5, longest: 5 });
});

test('the gaps are those that a walk over two weeks, minute by minute, meets', () => {
  const some = (most: number) => fc.uniqueArray(fc.integer({ min: 0, max: most }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(some(59), some(23), some(6), (minutes, hours, days) => {
      const expression = `cron(${minutes} ${hours} ? * ${days.map((day) => day + 1)} *)`;
      const met: number[] = [];
      let last: number | undefined;
      for (let at = 0; at < 2 * 7 * 1440; at += 1) {
        const runs =
          minutes.includes(at % 60) && hours.includes(Math.floor(at / 60) % 24) && days.includes(Math.floor(at / 1440) % 7);
        if (!runs) continue;
        if (last !== undefined) met.push(at - last);
        last = at;
      }
      expect(gaps(expression)).toEqual({ shortest: Math.min(...met), longest: Math.max(...met) });
    }),
    { numRuns: 40 },
  );
});
