import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  prefixesLeft,
  type SubnetSupply,
  singlesLeft,
  subnetSupply,
  takePrefix,
  takeSingle,
} from '#lib/network/what-if/supply.ts';
import { aSupply } from '#test/network/planned-nodes.ts';
import { addressesOf, heldAddresses, subnetWorld } from '#test/network/worlds.ts';
import { aSubnet } from '#test/scenarios/slices.ts';

const reservation = (cidr: string, reservationType: 'prefix' | 'explicit') => ({
  subnetCidrReservationId: 'scr-1',
  subnetId: 'subnet-a',
  cidr,
  reservationType,
});

describe('an empty /26, whose first and last block AWS breaks', () => {
  const subnet = aSubnet({ cidrBlock: '10.0.0.0/26', availableIpAddressCount: 59 });
  test.each([
    [
      'has two whole blocks, and 27 addresses beside them',
      [],
      'fewest',
      { loose: 27, blocks: 2, reserved: 0, delegatesBlocks: true },
    ],
    [
      'gives nothing of an explicit reservation',
      [reservation('10.0.0.16/28', 'explicit')],
      'fewest',
      { loose: 27, blocks: 1, reserved: 0, delegatesBlocks: true },
    ],
    [
      'gives prefixes of a prefix reservation for sure',
      [reservation('10.0.0.16/28', 'prefix')],
      'fewest',
      { loose: 27, blocks: 1, reserved: 1, delegatesBlocks: false },
    ],
    [
      'and perhaps of its other blocks',
      [reservation('10.0.0.16/28', 'prefix')],
      'most',
      { loose: 27, blocks: 1, reserved: 1, delegatesBlocks: true },
    ],
  ] as const)('%s', (_, reservations, end, supply) => expect(subnetSupply(subnet, [], reservations, end)).toMatchObject(supply));

  test('an address that cannot be seen breaks a block, or none', () => {
    const fewer = { ...subnet, availableIpAddressCount: 58 };
    expect(subnetSupply(fewer, [], [], 'fewest')).toMatchObject({ loose: 42, blocks: 1 });
    expect(subnetSupply(fewer, [], [], 'most')).toMatchObject({ loose: 26, blocks: 2 });
  });
  test('a subnet without IPv4 has none to count', () => {
    expect(subnetSupply(aSubnet({ cidrBlock: '' }), [], [], 'fewest')).toBeUndefined();
  });
});

test('single addresses are the free ones outside of reservations, less those that cannot be seen', () => {
  fc.assert(
    fc.property(subnetWorld, ({ subnet, interfaces, reservations }) => {
      const all = addressesOf(subnet.cidrBlock);
      const reserved = new Set(reservations.flatMap(({ cidr }) => addressesOf(cidr)));
      const held = heldAddresses(interfaces, all.length);
      const kept = new Set([...all.slice(0, 4), ...all.slice(-1)]);
      const free = all.filter((address) => !held.has(address) && !kept.has(address) && !reserved.has(address)).length;
      const [fewest, most] = (['fewest', 'most'] as const).map((end) => subnetSupply(subnet, interfaces, reservations, end));
      if (fewest === undefined || most === undefined) throw new Error('every world has an IPv4 CIDR');
      expect(singlesLeft(fewest)).toBe(singlesLeft(most));
      expect(singlesLeft(fewest)).toBeLessThanOrEqual(free);
      expect(prefixesLeft(fewest)).toBeLessThanOrEqual(prefixesLeft(most));
      expect(Math.min(fewest.loose, fewest.blocks)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 100 },
  );
});

test('an address or a prefix that is taken is gone, and nothing else', () => {
  const supplies = fc
    .record({ loose: fc.nat(20), blocks: fc.nat(3), reserved: fc.nat(3), delegatesBlocks: fc.boolean() })
    .map(aSupply);
  const size = ({ loose, blocks, reserved }: SubnetSupply) => loose + 16 * (blocks + reserved);
  fc.assert(
    fc.property(supplies, (supply) => {
      const [single, prefix] = [takeSingle(supply), takePrefix(supply)];
      expect(single === undefined).toBe(singlesLeft(supply) === 0);
      expect(prefix === undefined).toBe(prefixesLeft(supply) === 0);
      if (single) expect(size(single)).toBe(size(supply) - 1);
      if (prefix) expect(size(prefix)).toBe(size(supply) - 16);
    }),
  );
});
