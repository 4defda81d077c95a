import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, type TimeWindow, timeWindow } from '#lib/model/time-window.ts';

const window = (given: Partial<TimeWindow>): TimeWindow => ({ from: '22:00', to: '06:00', timezone: 'UTC', ...given });

describe('a window is read off the clock on the wall', () => {
  // 2026-11-24 is a Tuesday.
  test.each<[string, Partial<TimeWindow>, string, boolean]>([
    ['its start is in it', {}, '2026-11-24T22:00:00Z', true],
    ['its end is not', {}, '2026-11-24T06:00:00Z', false],
    ['the minute before its end is', {}, '2026-11-24T05:59:59Z', true],
    ['the middle of the day is not', {}, '2026-11-24T12:00:00Z', false],
    ['within a day', { from: '09:00', to: '17:00' }, '2026-11-24T12:00:00Z', true],
    ['on a day that it does not start', { from: '09:00', to: '17:00', days: ['mon'] }, '2026-11-24T12:00:00Z', false],
    ['the morning after belongs to the day it started', { days: ['mon'] }, '2026-11-24T03:00:00Z', true],
    ['the evening does not', { days: ['mon'] }, '2026-11-24T23:00:00Z', false],
    ['sunday goes on into monday', { days: ['sun'] }, '2026-11-23T03:00:00Z', true],
    ['one that starts when it ends is the whole day', { from: '00:00', to: '00:00' }, '2026-11-24T13:00:00Z', true],
    ['in another time zone', { timezone: 'Asia/Tokyo' }, '2026-11-24T13:30:00Z', true],
    [
      'where the same moment is another day',
      { timezone: 'Asia/Tokyo', from: '08:00', to: '09:00', days: ['wed'] },
      '2026-11-24T23:30:00Z',
      true,
    ],
    ['in summer time', { timezone: 'Europe/Berlin', from: '02:00', to: '03:00' }, '2026-07-01T00:30:00Z', true],
    ['in winter time', { timezone: 'Europe/Berlin', from: '02:00', to: '03:00' }, '2026-12-01T00:30:00Z', false],
    ['in the hour that is there twice', { timezone: 'Europe/Berlin', from: '02:00', to: '03:00' }, '2026-10-25T01:30:00Z', true],
  ])('%s', (_, given, now, expected) => {
    expect(isWithin(window(given), new Date(now))).toBe(expected);
  });
});

test('in UTC it agrees with walking from minute to minute', () => {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const time = fc.integer({ min: 0, max: 1439 });
  const text = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  fc.assert(
    fc.property(
      time,
      time,
      fc.subarray([...days], { minLength: 1 }),
      fc.integer({ min: 0, max: 7 * 1440 - 1 }),
      (from, to, on, at) => {
        // Monday 2026-11-23, and minutes of that week.
        const now = new Date(Date.UTC(2026, 10, 23) + at * 60_000);
        const length = to > from ? to - from : 1440 - from + to;
        const slow = on.some((day) => {
          const start = days.indexOf(day) * 1440 + from;
          return (at - start + 7 * 1440) % (7 * 1440) < length;
        });
        expect(isWithin(window({ from: text(from), to: text(to), days: on }), now)).toBe(slow);
      },
    ),
  );
});

test.each([
  [{ from: '24:00', to: '06:00' }, 'not a time of day'],
  [{ from: '9:00', to: '06:00' }, 'not a time of day'],
  [{ from: 79200, to: '06:00' }, 'a time of day in quotes'],
  [{ from: '22:00', to: '06:00', timezone: 'Europe/Bonn' }, 'not a time zone'],
])('%j is refused', (given, message) => {
  const parsed = timeWindow.safeParse(given);
  expect(parsed.error?.issues[0]?.message).toContain(message);
});
