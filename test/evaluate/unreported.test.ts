import { expect, test } from 'vitest';
import { unreported } from '#lib/evaluate/unreported.ts';
import { assessment } from '#lib/model/assessment.ts';
import { clusterArn } from '#lib/model/target.ts';

const target = (name: string) => ({
  account: '111122223333',
  region: 'eu-west-1',
  name,
  arn: clusterArn('111122223333', 'eu-west-1', name),
});
const AT = '2026-11-24T08:00:00.000Z';

test('a cluster without a result is unknown, with the reason as its one finding', () => {
  const shop = unreported(target('shop'), 'its function ran out of memory.', AT);
  expect(assessment.parse(shop)).toEqual(shop);
  expect(shop).toMatchObject({ verdict: 'unknown', summary: { ok: 0, unknown: 1 }, takenAt: AT });
  expect(shop.findings).toMatchObject([
    { verdict: 'unknown', summary: 'shop was not checked in this run: its function ran out of memory.' },
  ]);
});

test('its finding has the same name in every run, and another for another cluster', () => {
  const name = (cluster: string, reason: string) => unreported(target(cluster), reason, AT).findings[0]?.fingerprint;
  expect(name('shop', 'late.')).toBe(name('shop', 'killed.'));
  expect(name('shop', 'late.')).not.toBe(name('search', 'late.'));
});
