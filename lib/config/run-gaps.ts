import type { Schedules } from '#lib/config/schedules.ts';

/** How far apart the runs of a schedule are, in minutes. */
export interface RunGaps {
  /** From one run to the next where they are closest. */
  readonly shortest: number;
  /** Where they are farthest apart, as over a weekend; Infinity for a schedule that keeps to dates, which repeats in no week. */
  readonly longest: number;
}

const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: HOUR, day: DAY };
const DAYS_OF_WEEK = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Of `schedules.check`, which its schema holds to be a rate or a cron expression.
 * Source: EventBridge Scheduler User Guide, "Schedule types on EventBridge Scheduler".
 */
export function runGaps({ check, timezone }: Pick<Schedules, 'check' | 'timezone'>): RunGaps {
  const [, kind, inner = ''] = /^(rate|cron)\((.*)\)$/.exec(check) ?? [];
  if (kind === 'rate') {
    const [count, unit = ''] = inner.split(' ');
    const minutes = Number(count) * (UNITS[unit.replace(/s$/, '')] ?? DAY);
    return { shortest: minutes, longest: minutes };
  }
  const [minute = '', hour = '', day = '', month = '', dayOfWeek = '', year = ''] = inner.split(' ');
  const times = values(hour, 0, 23).flatMap((at) => values(minute, 0, 59).map((past) => at * HOUR + past));
  const everyDay = gapsWithin(times, DAY);
  if (!['*', '?'].includes(day) || month !== '*' || year !== '*' || /[L#]/.test(dayOfWeek))
    return { ...everyDay, longest: Infinity };
  const days = dayOfWeek === '?' ? values('*', 1, 7) : values(dayOfWeek, 1, 7);
  const { shortest, longest } = gapsWithin(
    days.flatMap((weekday) => times.map((time) => (weekday - 1) * DAY + time)),
    WEEK,
  );
  // A clock that is put forward or back moves a run by an hour.
  return { shortest, longest: timezone === 'UTC' ? longest : longest + HOUR };
}

/** Between times that repeat with `cycle`, all in minutes. */
function gapsWithin(times: readonly number[], cycle: number): RunGaps {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined) return { shortest: DAY, longest: Infinity };
  const gaps = sorted.map((time, index) => (sorted[index + 1] ?? first + cycle) - time);
  return { shortest: Math.min(...gaps), longest: Math.max(...gaps) };
}

/** The values of one field: `*`, `5`, `1-5`, `MON-FRI`, `0/15` and lists of these. */
function values(field: string, least: number, most: number): readonly number[] {
  return field.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const [from = '*', to] = range
      .split('-')
      .map((word) => (DAYS_OF_WEEK.includes(word) ? `${DAYS_OF_WEEK.indexOf(word) + 1}` : word));
    const start = from === '*' ? least : Number(from);
    const end = from === '*' || (step !== undefined && to === undefined) ? most : Number(to ?? from);
    // FRI-MON goes over the end of the week.
    const length = end < start ? end - start + (most - least + 1) : end - start;
    const wrapped = Array.from({ length: length + 1 }, (_, index) => least + ((start - least + index) % (most - least + 1)));
    return wrapped.filter((_, index) => index % Number(step ?? 1) === 0);
  });
}
