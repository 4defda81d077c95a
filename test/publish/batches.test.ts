import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batches } from '#lib/publish/batches.ts';

const limits = fc.record({ items: fc.integer({ min: 1, max: 20 }), bytes: fc.integer({ min: 50, max: 300 }) });
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 200 });
const total = (batch: readonly number[]) => batch.reduce((sum, size) => sum + size, 0);

test('batches put together are the input, in order', () => {
  fc.assert(
    fc.property(sizes, limits, (items, limit) => {
      expect(batches(items, limit, (size) => size).flat()).toEqual(items);
    }),
  );
});

test('no batch is empty or beyond either limit', () => {
  fc.assert(
    fc.property(sizes, limits, (items, limit) => {
      for (const batch of batches(items, limit, (size) => size)) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(limit.items);
        expect(total(batch)).toBeLessThanOrEqual(limit.bytes);
      }
    }),
  );
});

test('a batch is closed only when the next item would break a limit', () => {
  fc.assert(
    fc.property(sizes, limits, (items, limit) => {
      const cut = batches(items, limit, (size) => size);
      cut.slice(0, -1).forEach((batch, index) => {
        const next = cut[index + 1]?.[0] ?? 0;
        expect(batch.length === limit.items || total(batch) + next > limit.bytes).toBe(true);
      });
    }),
  );
});

test('an item above the limit travels alone rather than being dropped', () => {
  expect(batches([10, 400, 20], { items: 5, bytes: 100 }, (size) => size)).toEqual([[10], [400], [20]]);
});
