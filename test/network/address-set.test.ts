import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressSet } from '#lib/network/address-set.ts';
import { parseIpv4 } from '#lib/network/ipv4.ts';

test('gives the addresses of a block that a sorted Set gives, over all of IPv4', () => {
  const near = fc.integer({ min: 0, max: 300 });
  const address = fc.oneof(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    near,
    near.map((back) => 2 ** 32 - 1 - back),
    near.map((on) => 2 ** 31 - 150 + on),
    near.map((on) => 3 * 2 ** 16 - 150 + on),
  );
  const block = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([inside, bits]) => {
    const size = 2 ** (32 - bits);
    return { first: inside - (inside % size), size };
  });
  fc.assert(
    fc.property(fc.array(address), block, (addresses, { first, size }) => {
      const slow = [...new Set(addresses)].sort((a, b) => a - b);
      expect(addressSet(addresses).size).toBe(slow.length);
      expect([...addressSet(addresses).within({ first, size })]).toEqual(
        slow.filter((one) => one >= first && one < first + size),
      );
    }),
    { numRuns: 1000 },
  );
});

test('what is no address is not in it', () => {
  expect(addressSet(['10.0.0.1', '2001:db8::1', ''].map(parseIpv4)).size).toBe(1);
});
