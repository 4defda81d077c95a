import * as z from 'zod';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const timeOfDay = z
  .string('a time of day in quotes, as "22:00"')
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time of day, as "22:00"');

/** A name of the IANA time zone database, as `Europe/Berlin`. */
export const timezone = z.string().refine(isTimezone, 'not a time zone of the IANA database, as Europe/Berlin or UTC');

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A part of some days of the week; one that ends before it starts goes on into the next day. */
export const timeWindow = z
  .strictObject({
    days: z.array(z.enum(DAYS)).min(1).optional().describe('the days on which it starts (default: every day)'),
    from: timeOfDay.describe('when it starts, as "22:00"'),
    to: timeOfDay.describe('when it ends, as "06:00"; the next day where that is not after `from`'),
    timezone: timezone.default('UTC').describe('the time zone of both, as Europe/Berlin'),
  })
  .describe('a part of the day');
export type TimeWindow = z.infer<typeof timeWindow>;

/** Whether a moment lies in the window, by the clock on the wall of its time zone: `from` is in it, `to` is not. */
export function isWithin({ days, from, to, timezone: zone }: TimeWindow, now: Date): boolean {
  const { day, time } = wallClock(now, zone);
  const startsOn = (index: number): boolean => days === undefined || days.some((name) => DAYS[index] === name);
  if (from < to) return startsOn(day) && from <= time && time < to;
  return (startsOn(day) && from <= time) || (startsOn((day + 6) % 7) && time < to);
}

function wallClock(now: Date, zone: string): { readonly day: number; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const weekday = (parts['weekday'] ?? '').toLowerCase();
  return { day: DAYS.indexOf(weekday as (typeof DAYS)[number]), time: `${parts['hour']}:${parts['minute']}` };
}
