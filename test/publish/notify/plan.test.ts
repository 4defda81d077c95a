import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { FindingNotice } from '#lib/model/notification.ts';
import { isWithin } from '#lib/model/time-window.ts';
import { type PlanOptions, type Progress, plan, type Waiting } from '#lib/publish/notify/plan.ts';
import { aNotice, id, minute, planned, waiting } from '#test/publish/notify/notices.ts';

const NIGHT = { from: '22:00', to: '07:00', timezone: 'UTC' };
const night = (time: string): Date => new Date(`2026-11-24T${time}:00Z`);
const told = (rows: readonly Waiting[], over: Partial<PlanOptions>) => {
  const { tell, drop } = plan(rows, { target: planned({}), progress: {}, now: minute(60), most: 100, ...over });
  return { tell: tell.map(({ notice }) => notice.id), drop: drop.map(({ notice }) => notice.id) };
};

describe('when a message goes out', () => {
  const one = [waiting(aNotice())];
  it.each<[string, number, number, Progress]>([
    ['a minute after the first notice, for what the same run finds', 1, 15, {}],
    ['at once where nothing is batched', 0, 0, {}],
    ['at the end of the interval since the last message', 10, 15, { lastSentAt: minute(-5).toISOString() }],
    ['without waiting where the last message had no room', 1, 15, { lastSentAt: minute(-5).toISOString(), more: true }],
    [
      'after the pause where the last message failed',
      4,
      15,
      { failing: { since: minute(0).toISOString(), attempts: 3, at: minute(0).toISOString(), pauseMs: 240_000, reason: '' } },
    ],
  ])('%s', (_title, due, batchMinutes, progress) => {
    const target = planned({ batchMinutes });
    const before = new Date(minute(due).getTime() - 1);
    if (due > 0) expect(told(one, { target, progress, now: before }).tell).toEqual([]);
    expect(told(one, { target, progress, now: minute(due) }).tell).toEqual([id(1)]);
  });

  it.each<[string, Progress, Date]>([
    ['the last message', { lastSentAt: minute(9_000).toISOString() }, minute(0)],
    ['the notice', {}, minute(9_000)],
    [
      'the last failure',
      { failing: { since: '', attempts: 1, at: minute(9_000).toISOString(), pauseMs: 60_000, reason: '' } },
      minute(0),
    ],
  ])('is not put off by a clock that was wrong at %s', (_title, progress, acceptedAt) => {
    expect(told([waiting(aNotice(), acceptedAt)], { progress, now: minute(5) }).tell).toEqual([id(1)]);
  });
});

describe('in quiet hours', () => {
  const target = planned({ quietHours: NIGHT });
  const critical = waiting(aNotice({ id: id(1), fingerprint: 'a' }), night('01:00'));
  const warning = waiting(aNotice({ id: id(2), fingerprint: 'b', verdict: 'warning' }), night('01:00'));
  const closed = waiting(aNotice({ id: id(3), fingerprint: 'c', kind: 'resolved' }), night('01:00'));
  const over = waiting(aNotice({ id: id(4), fingerprint: 'a', kind: 'resolved', sequence: 2 }), night('01:00'));

  it.each<[string, Waiting[], string, string[]]>([
    ['a critical finding is told, and nothing else', [critical, warning, closed], '03:00', [id(1)]],
    ['a critical finding that is over waits', [critical, over], '03:00', []],
    ['the rest is told at their end', [warning, closed], '07:00', [id(2), id(3)]],
    ['and not a minute before', [warning, closed], '06:59', []],
  ])('%s', (_title, rows, now, expected) => {
    expect(told(rows, { target, now: night(now) }).tell).toEqual(expected);
  });
});

describe('where it is not told that findings close', () => {
  const target = planned({ resolved: false });
  const opened = waiting(aNotice({ id: id(1) }));
  const resolved = waiting(aNotice({ id: id(2), kind: 'resolved', sequence: 2 }));
  it('what closes is dropped, even before anything is due', () => {
    const progress = { lastSentAt: minute(0).toISOString() };
    expect(told([resolved], { target, progress, now: minute(1) })).toEqual({ tell: [], drop: [id(2)] });
  });
  it('what closed before it could be told is told as over, not as open', () => {
    expect(told([opened, resolved], { target })).toEqual({ tell: [id(1), id(2)], drop: [] });
  });
});

test('a message with no room for all takes the most urgent, never part of a finding, and says that there is more', () => {
  const rows = Array.from({ length: 10 }, (_, index) => [
    waiting(aNotice({ id: id(index * 2), fingerprint: `f${index}`, verdict: 'warning' })),
    waiting(
      aNotice({ id: id(index * 2 + 1), fingerprint: `f${index}`, sequence: 2, verdict: index === 9 ? 'critical' : 'warning' }),
    ),
  ]).flat();
  const { tell, more } = plan(rows, { target: planned({}), progress: {}, now: minute(60), most: 5 });
  expect(tell.map(({ notice }) => notice.id)).toEqual([id(18), id(19), id(0), id(1)]);
  expect(more).toBe(true);
});

test('whatever waits: each notice is told, dropped or kept; none twice; quiet hours let nothing through that is not critical now', () => {
  const notice = fc.record({
    fingerprint: fc.constantFrom('a', 'b', 'c', 'd'),
    kind: fc.constantFrom('opened' as const, 'escalated' as const, 'resolved' as const),
    verdict: fc.constantFrom('warning' as const, 'critical' as const),
    accepted: fc.integer({ min: -1_500, max: 0 }),
  });
  fc.assert(
    fc.property(
      fc.array(notice, { maxLength: 30 }),
      fc.integer({ min: 0, max: 1_440 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 12 }),
      (notices, at, resolved, most) => {
        const rows = notices.map(({ accepted, ...over }, index) =>
          waiting(aNotice({ ...over, id: id(index), sequence: index }), minute(accepted)),
        );
        const target = planned({ resolved, quietHours: NIGHT });
        const { tell, drop, more } = plan(rows, { target, progress: {}, now: minute(at), most });
        const moved = [...tell, ...drop].map((row) => row.notice.id);
        expect(new Set(moved).size).toBe(moved.length);
        expect(rows.map((row) => row.notice.id)).toEqual(expect.arrayContaining(moved));
        for (const { notice: dropped } of drop) expect([resolved, dropped.kind]).toEqual([false, 'resolved']);
        const fingerprints = new Set(tell.map((row) => (row.notice as FindingNotice).fingerprint));
        for (const fingerprint of fingerprints) {
          const all = rows.filter((row) => (row.notice as FindingNotice).fingerprint === fingerprint);
          expect(tell).toEqual(expect.arrayContaining(all));
          const last = all.at(-1)?.notice;
          if (isWithin(NIGHT, minute(at))) expect([last?.verdict, last?.kind === 'resolved']).toEqual(['critical', false]);
        }
        if (more) expect(tell.length).toBeGreaterThan(0);
      },
    ),
  );
});
