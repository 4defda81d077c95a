import { expect, test } from 'vitest';
import { periodSince } from '#lib/report/fleet/report-period.ts';

const to = '2026-11-24T07:00:00.000Z';
test.each([
  ['there is none', undefined, '2026-11-23T07:00:00.000Z', false],
  ['it is of yesterday', '2026-11-23T07:00:00Z', '2026-11-23T07:00:00.000Z', false],
  ['it was made an hour late', '2026-11-23T08:00:00Z', '2026-11-23T08:00:00.000Z', false],
  ['one was missed', '2026-11-22T07:00:00Z', '2026-11-22T07:00:00.000Z', true],
  ['it is too long ago', '2026-09-01T07:00:00Z', '2026-11-23T07:00:00.000Z', false],
  ['it is later', '2026-11-25T07:00:00Z', '2026-11-23T07:00:00.000Z', false],
])('a report covers the time since the last one, where %s', (_title, previousEnd, from, told) => {
  const period = periodSince('daily', { timezone: 'UTC', to, previousEnd });
  expect([period.from, period.to, period.note !== undefined]).toEqual([from, to, told]);
});
