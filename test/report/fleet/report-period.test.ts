import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateIn, periodBefore } from '#lib/report/fleet/report-period.ts';

test.each([
  ['daily', 'UTC', '2026-11-24T07:00:00Z', '2026-11-23T07:00:00.000Z'],
  ['weekly', 'UTC', '2026-11-24T07:00:00Z', '2026-11-17T07:00:00.000Z'],
  // The clock goes back on 25 October 2026 in Berlin: a day of 25 hours, and 23 on 29 March.
  ['daily', 'Europe/Berlin', '2026-10-25T06:00:00Z', '2026-10-24T05:00:00.000Z'],
  ['daily', 'Europe/Berlin', '2026-03-29T05:00:00Z', '2026-03-28T06:00:00.000Z'],
  ['weekly', 'Europe/Berlin', '2026-10-26T06:00:00Z', '2026-10-19T05:00:00.000Z'],
  // 02:30 does not exist on that day: half an hour past the leap.
  ['daily', 'Europe/Berlin', '2026-03-30T00:30:00Z', '2026-03-29T01:30:00.000Z'],
  // 02:30 came twice on that day: the first of them.
  ['daily', 'Europe/Berlin', '2026-10-26T01:30:00Z', '2026-10-25T00:30:00.000Z'],
  ['daily', 'Asia/Kolkata', '2026-11-24T01:30:00Z', '2026-11-23T01:30:00.000Z'],
  // Apia had no 30 December 2011.
  ['weekly', 'Pacific/Apia', '2011-12-31T10:00:00Z', '2011-12-25T10:00:00.000Z'],
] as const)('a %s report in %s that ends at %s begins at %s', (kind, timezone, to, from) =>
  expect(periodBefore(kind, timezone, to)).toEqual({ from, to: new Date(to).toISOString() }),
);

test.each([
  ['UTC', '2026-11-24T23:59:59Z', '2026-11-24'],
  ['Pacific/Auckland', '2026-11-24T23:59:59Z', '2026-11-25'],
  ['America/Los_Angeles', '2026-11-24T03:00:00Z', '2026-11-23'],
])('in %s, %s is of %s', (timezone, at, date) => expect(dateIn(timezone, at)).toBe(date));

test('a day is 23 to 25 hours long, and seven of them a week, whatever the zone', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  fc.assert(
    fc.property(
      zones,
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      (timezone, date) => {
        const to = date.toISOString();
        const hours = (from: string) => (Date.parse(to) - Date.parse(from)) / 3_600_000;
        const day = hours(periodBefore('daily', timezone, to).from);
        expect(day).toBeGreaterThanOrEqual(22);
        expect(day).toBeLessThanOrEqual(26);
        expect(Math.abs(hours(periodBefore('weekly', timezone, to).from) - 168)).toBeLessThanOrEqual(2);
      },
    ),
  );
});
