import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '#lib/model/history.ts';
import { appendReadings, mergeRings, type Ring, ringHistory } from '#lib/publish/history-ring.ts';

const START = Date.parse('2026-11-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const free = (value: number, id = 'subnet-a'): Reading => ({ series: 'SubnetFreeIps', id, value });

/** A ring after a reading every `step`, each of `value`. */
function ringOf(count: number, step: number, value: (index: number) => number): { ring: Ring; end: number } {
  let ring: Ring = new Map();
  for (let index = 0; index < count; index++) ring = appendReadings(ring, [free(value(index))], new Date(START + index * step));
  return { ring, end: START + (count - 1) * step };
}
const pointsOf = (ring: Ring) => ringHistory(ring).points('SubnetFreeIps', 'subnet-a');

describe('appendReadings', () => {
  it('keeps every five minutes of two days, and the hours of four weeks before', () => {
    const { ring, end } = ringOf(12 * 24 * 30, 5 * MINUTE, () => 7);
    const ages = pointsOf(ring).map(({ at }) => (end - Date.parse(at)) / HOUR);
    expect(ages.filter((age) => age <= 48)).toHaveLength(12 * 48 + 1);
    // The hour that two days ago lies in is fine as a whole.
    const coarse = ages.filter((age) => age > 49);
    expect(coarse.length).toBeGreaterThanOrEqual(24 * 26 - 2);
    expect(coarse.length).toBeLessThanOrEqual(24 * 26);
    expect(Math.max(...ages)).toBeLessThanOrEqual(28 * 24);
  });

  it('gives an hour of the distant past the median of its readings, so that a dip is no reading of its own', () => {
    const { ring } = ringOf(12 * 60, 5 * MINUTE, (index) => (index % 12 === 3 ? 0 : 100));
    const old = pointsOf(ring).slice(0, 8);
    expect(old.map(({ value }) => value)).toEqual(Array(8).fill(100));
  });

  it('takes a reading that is repeated as one', () => {
    const { ring, end } = ringOf(3, 5 * MINUTE, (index) => index);
    expect(pointsOf(appendReadings(ring, [free(2)], new Date(end)))).toEqual(pointsOf(ring));
  });

  it('lets go of what is four weeks old, and of series that end', () => {
    const { ring } = ringOf(2, 5 * MINUTE, () => 1);
    const later = appendReadings(ring, [free(5, 'subnet-b')], new Date(START + 29 * 24 * HOUR));
    expect(ringHistory(later).points('SubnetFreeIps', 'subnet-a')).toEqual([]);
    expect(ringHistory(later).points('SubnetFreeIps', 'subnet-b')).toHaveLength(1);
    expect([...later.keys()]).toEqual(['SubnetFreeIps']);
  });

  it('keeps times in order and never more than it says, whatever comes in whatever order', () => {
    const reading = fc.record({ minutes: fc.integer({ min: 0, max: 60 * 24 * 40 }), value: fc.integer({ min: 0, max: 5_000 }) });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
        let ring: Ring = new Map();
        for (const { minutes, value } of readings) ring = appendReadings(ring, [free(value)], new Date(START + minutes * MINUTE));
        const points = pointsOf(ring);
        const times = points.map(({ at }) => Date.parse(at));
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(new Set(times).size).toBe(times.length);
        const values = new Set(readings.map(({ value }) => value));
        for (const { value } of points) expect(values).toContain(value);
      }),
    );
  });
});

describe('mergeRings', () => {
  it('keeps the points of both, and the newer where both have one', () => {
    const older = appendReadings(appendReadings(new Map(), [free(1)], new Date(START)), [free(2)], new Date(START + HOUR));
    const newer = appendReadings(new Map(), [free(9), free(4, 'subnet-b')], new Date(START + HOUR));
    const merged = ringHistory(mergeRings(older, newer));
    expect(merged.points('SubnetFreeIps', 'subnet-a').map(({ value }) => value)).toEqual([1, 9]);
    expect(merged.points('SubnetFreeIps', 'subnet-b').map(({ value }) => value)).toEqual([4]);
  });
});
