import type { ReportKind } from '#lib/model/fleet-report.ts';

export interface Period {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
}

const DAY = 24 * 3_600_000;
const DAYS: Readonly<Record<ReportKind, number>> = { daily: 1, weekly: 7 };

/** The day of a moment by the clock of a time zone: `2026-11-24`. */
export function dateIn(timezone: string, at: string): string {
  return new Date(wallClock(Date.parse(at), timezone)).toISOString().slice(0, 10);
}

/**
 * When the report before one of this kind ended: the same time of day, one day or seven earlier, by the clock of the time zone. So a day is
 * 23 or 25 hours long where the clock is changed.
 */
export function periodBefore(kind: ReportKind, timezone: string, to: string): Period {
  const end = Date.parse(to);
  const from = instantOf(wallClock(end, timezone) - DAYS[kind] * DAY, timezone);
  return { from: new Date(from).toISOString(), to: new Date(end).toISOString() };
}

/** A report covers the time since the last one, but no more than this. */
const MOST_DAYS = 35;

/**
 * From the end of the last report of this kind, so that a missed one leaves no gap; without one, or after a long time, one day or seven.
 * `note` says where that is not the usual time.
 */
export function periodSince(
  kind: ReportKind,
  { timezone, to, previousEnd }: { readonly timezone: string; readonly to: string; readonly previousEnd: string | undefined },
): Period & { readonly note?: string } {
  const usual = periodBefore(kind, timezone, to);
  const since = previousEnd === undefined ? Number.NaN : Date.parse(previousEnd);
  const end = Date.parse(usual.to);
  if (!(since < end) || end - since > MOST_DAYS * DAY) return usual;
  const from = new Date(since).toISOString();
  const unusual = Math.abs(since - Date.parse(usual.from)) > 2 * 3_600_000;
  return {
    from,
    to: usual.to,
    ...(unusual && { note: `The last ${kind} report is of ${dateIn(timezone, from)}: this one covers the time since then.` }),
  };
}

/** What the clock on the wall shows, as if it were UTC; milliseconds since 1970. */
function wallClock(at: number, timezone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    calendar: 'gregory',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1_000) + 1_000) % 1_000);
}

/** When the wall clock shows this: the first time where it does so twice, and as much later where it leaps over it. */
function instantOf(wall: number, timezone: string): number {
  const offsets = [wall - DAY, wall + DAY].map((near) => wallClock(near, timezone) - near);
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  const [first = wall, last = wall] = candidates;
  return candidates.find((at) => wallClock(at, timezone) === wall) ?? Math.max(first, last);
}
