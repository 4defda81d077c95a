import { expect, test } from 'vitest';
import { daysUntil, supportOf } from '#lib/network/kubernetes-support.ts';

const dates = (year: number) => ({ standard: `${year}-01-01`, extended: `${year + 1}-01-01` });
const TABLE = { '1.31': dates(2026), '1.29': dates(2024), '1.30': dates(2025) };

test.each([
  ['1.30', { ...dates(2025), bound: 'exact' }],
  ['1.45', { ...dates(2026), bound: 'at-least' }],
  ['1.9', { ...dates(2024), bound: 'at-most' }],
  ['next', undefined],
  [undefined, undefined],
])('the support of %s', (version, support) => {
  expect(supportOf(version, TABLE)).toEqual(support);
});

test.each([
  ['2026-11-25', '2026-11-24T00:00:00Z', 1],
  ['2026-11-25', '2026-11-24T00:00:01Z', 0],
  ['2026-11-25', '2026-11-25T00:00:00Z', 0],
  ['2026-11-25', '2026-11-25T00:00:01Z', -1],
])('from %s it is %s: %i days', (day, now, days) => {
  expect(daysUntil(day, new Date(now))).toBe(days);
});
