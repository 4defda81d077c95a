import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { shareCalls } from '#lib/discover/call-shares.ts';
import { type CallShare, WHOLE_SHARE } from '#lib/model/call-share.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';

/** Clusters of accounts, as many each as given. */
const fleet = (...sizes: readonly number[]): Target[] =>
  sizes.flatMap((size, at) =>
    Array.from({ length: size }, (_, index) => {
      const [account, region, name] = [String(111_111_111_111 + at), 'eu-west-1', `c${index}`];
      return { account, region, name, arn: clusterArn(account, region, name) };
    }),
  );

describe('the shares of a fleet', () => {
  it.each([
    { what: 'one cluster has all', sizes: [1], wanted: 10, concurrency: 10, perSecond: 10, burst: 30 },
    { what: 'fewer clusters than run at once', sizes: [4], wanted: 10, concurrency: 10, perSecond: 2.5, burst: 7.5 },
    { what: 'more clusters than run at once', sizes: [100], wanted: 10, concurrency: 10, perSecond: 1, burst: 0.3 },
    { what: 'many of one account at once', sizes: [100], wanted: 500, concurrency: 20, perSecond: 0.5, burst: 0.3 },
    { what: 'many accounts of a few', sizes: Array(50).fill(20), wanted: 500, concurrency: 500, perSecond: 0.5, burst: 1.5 },
  ])('$what', ({ sizes, wanted, concurrency, perSecond, burst }) => {
    const shared = shareCalls(fleet(...sizes), wanted);
    expect(shared.concurrency).toBe(concurrency);
    for (const { share } of shared.targets) expect(share).toEqual({ perSecond, burst });
  });

  it('are of an account and a Region', () => {
    const here = fleet(1);
    const there = here.map((target) => ({ ...target, region: 'eu-north-1' }));
    expect(shareCalls([...here, ...there], 10).targets.map(({ share }) => share)).toEqual([WHOLE_SHARE, WHOLE_SHARE]);
  });

  it('are dealt an account after the other', () => {
    const order = shareCalls(fleet(3, 1, 2), 10).targets.map(({ account, name }) => `${account.at(-1)}${name}`);
    expect(order).toEqual(['1c0', '2c0', '3c0', '1c1', '3c1', '1c2']);
  });

  it('of no clusters are none', () => {
    expect(shareCalls([], 10)).toEqual({ targets: [], concurrency: 10 });
  });
});

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
const wanted = fc.integer({ min: 1, max: 1_000 });

test('whatever runs at once takes half of the refill of its account and Region at the most, and nobody starves', () => {
  fc.assert(
    fc.property(sizes, wanted, (of, most) => {
      const given = fleet(...of);
      const { targets, concurrency } = shareCalls(given, most);
      expect(targets.map(({ share, ...target }) => target.arn).sort()).toEqual(given.map(({ arn }) => arn).sort());
      expect(concurrency).toBeGreaterThanOrEqual(Math.min(most, 20));
      for (const place of Map.groupBy(targets, ({ account }) => account).values()) {
        const rates = place.map(({ share }) => share?.perSecond ?? 0);
        const atOnce = rates.slice(0, concurrency).reduce((sum, rate) => sum + rate, 0);
        expect(atOnce).toBeLessThanOrEqual(WHOLE_SHARE.perSecond + 1e-9);
        for (const rate of rates) expect(rate).toBeGreaterThanOrEqual(0.5);
        expect(place.reduce((sum, { share }) => sum + (share?.burst ?? 0), 0)).toBeCloseTo(WHOLE_SHARE.burst);
      }
    }),
  );
});

/** One check that takes what it may, from a moment on: seconds. */
interface Check {
  readonly place: string;
  readonly share: CallShare;
  readonly idle: number;
  readonly lasts: number;
}

/**
 * EC2's buckets of one action under checks that start as soon as another has ended, in steps of a tenth of a second: the lowest level
 * of each account.
 */
function lowest(checks: readonly Check[], concurrency: number): number {
  const STEP = 0.1;
  const buckets = new Map(checks.map(({ place }) => [place, 100]));
  let least = 100;
  const waiting = [...checks];
  let running: { check: Check; content: number; age: number }[] = [];
  while (waiting.length + running.length > 0) {
    running = running.filter(({ check, age }) => age < check.lasts);
    const next = waiting.splice(0, concurrency - running.length);
    running.push(...next.map((check) => ({ check, content: check.share.burst, age: 0 })));
    for (const each of running) {
      const { place, share, idle } = each.check;
      const calls = each.age < idle ? 0 : Math.floor(each.content + 1e-9);
      buckets.set(place, (buckets.get(place) ?? 0) - calls);
      each.content = Math.min(Math.max(1, share.burst), each.content - calls + share.perSecond * STEP);
      each.age += STEP;
    }
    least = Math.min(least, ...buckets.values());
    for (const [place, level] of buckets) buckets.set(place, Math.min(100, level + 20 * STEP));
  }
  return least;
}

test('no order, length or greed of checks drains a bucket of EC2 below half', () => {
  const tenths = (most: number) => fc.integer({ min: 0, max: most }).map((count) => count / 10);
  const habits = fc.array(fc.record({ idle: tenths(100), lasts: tenths(100).map((seconds) => seconds + 0.1) }), { minLength: 1 });
  fc.assert(
    fc.property(sizes, wanted, habits, (of, most, habit) => {
      const { targets, concurrency } = shareCalls(fleet(...of), most);
      const checks = targets.map(({ account, share = WHOLE_SHARE }, at) => {
        const { idle, lasts } = habit[at % habit.length] ?? { idle: 0, lasts: 1 };
        return { place: account, share, idle, lasts };
      });
      expect(lowest(checks, concurrency)).toBeGreaterThanOrEqual(50);
      // Nor would it in an order of one account after the other.
      const sorted = checks.toSorted((a, b) => (a.place < b.place ? -1 : 1));
      expect(lowest(sorted, concurrency)).toBeGreaterThanOrEqual(50);
    }),
    { numRuns: 50 },
  );
});
