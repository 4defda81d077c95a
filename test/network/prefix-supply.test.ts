import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FreePrefixes } from '#lib/network/free-prefixes.ts';
import { type OutsideReservation, prefixSupply, prefixVerdict, usablePrefixes } from '#lib/network/prefix-supply.ts';

const counted = (over: Partial<FreePrefixes>): FreePrefixes => ({
  freePrefixes: 0,
  freePrefixesAtLeast: over.freePrefixes ?? 0,
  reservedPrefixes: 0,
  reservedPrefixesAtLeast: over.reservedPrefixes ?? 0,
  maxPrefixes: 14,
  fragmentationIndex: 0,
  unaccounted: 0,
  hasPrefixReservation: false,
  ...over,
});

test.each<[string, Partial<FreePrefixes>, OutsideReservation, number, number]>([
  ['without a reservation', { freePrefixes: 9 }, 'unknown', 9, 9],
  ['with addresses that cannot be seen', { freePrefixes: 9, freePrefixesAtLeast: 2 }, 'unknown', 2, 9],
  ['with a reservation, both ways', { freePrefixes: 9, reservedPrefixes: 4, hasPrefixReservation: true }, 'unknown', 4, 13],
  ['with a reservation that is no border', { freePrefixes: 9, reservedPrefixes: 4, hasPrefixReservation: true }, 'yes', 13, 13],
  ['with a reservation that is a border', { freePrefixes: 9, reservedPrefixes: 4, hasPrefixReservation: true }, 'no', 4, 4],
  ['with a reservation that is used up', { freePrefixes: 9, hasPrefixReservation: true }, 'no', 0, 0],
])('%s', (_, over, outside, atLeast, atMost) => expect(prefixSupply(counted(over), outside)).toEqual({ atLeast, atMost }));

const demand = { singles: 1, prefixes: 3 };
test.each([
  ['none at all', 0, 0, 10, 'critical'],
  ['fewer than two nodes take', 5, 5, 10, 'warning'],
  ['just what two nodes take', 6, 6, 2, 'ok'],
  ['the same, but a single address must break a block', 6, 6, 1, 'warning'],
  ['an open range that is bad at one end', 0, 9, 10, 'unknown'],
  ['an open range that is good at both ends', 6, 9, 10, 'ok'],
])('%s', (_, atLeast, atMost, loose, verdict) => expect(prefixVerdict({ atLeast, atMost }, loose, demand)).toBe(verdict));

test('breaking blocks for single addresses agrees with taking them one by one', () => {
  const small = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(small, small, small, fc.integer({ min: 0, max: 3 }), (supply, loose, singles, nodes) => {
      let [blocks, free] = [supply, loose];
      for (let taken = 0; taken < nodes * singles && (free > 0 || blocks > 0); taken++) {
        if (free === 0) {
          blocks--;
          free = 16;
        }
        free--;
      }
      expect(usablePrefixes(supply, loose, { singles, prefixes: 1 }, nodes)).toBe(blocks);
    }),
    { numRuns: 500 },
  );
});
