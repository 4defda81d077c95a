import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { subnetOccupancy } from '#lib/network/subnet-occupancy.ts';
import { addressesOf, heldAddresses, subnetWorld } from '#test/network/worlds.ts';
import { anEni, aSubnet } from '#test/scenarios/slices.ts';

const count = (
  subnet: Subnet,
  interfaces: readonly NetworkInterface[] = [],
  reservations: readonly SubnetCidrReservation[] = [],
) => {
  const occupancy = subnetOccupancy(subnet, interfaces);
  if (occupancy === undefined) throw new Error(`${subnet.cidrBlock} is no IPv4 block`);
  return countFreePrefixes(occupancy, subnet.availableIpAddressCount, reservations);
};

const reservation = (cidr: string, reservationType: 'explicit' | 'prefix'): SubnetCidrReservation => ({
  subnetCidrReservationId: cidr,
  subnetId: 'subnet-a',
  cidr,
  reservationType,
});

test.each([
  ['10.0.0.0/28', 0],
  ['10.0.0.0/27', 0],
  ['10.0.0.0/26', 2],
  ['10.0.0.0/25', 6],
  ['10.0.0.0/24', 14],
  ['10.0.0.0/23', 30],
  ['10.0.0.0/22', 62],
  ['10.0.0.0/20', 254],
  ['10.0.0.0/16', 4094],
])('an empty %s offers %i prefixes and no more', (cidrBlock, prefixes) => {
  const size = 2 ** (32 - Number(cidrBlock.split('/')[1]));
  const counted = count(aSubnet({ cidrBlock, availableIpAddressCount: size - 5 }));
  expect(counted).toMatchObject({ freePrefixes: prefixes, freePrefixesAtLeast: prefixes, maxPrefixes: prefixes, unaccounted: 0 });
});

test.each([
  ['one address breaks its block', [anEni({ privateIpAddresses: ['10.0.0.20'] })], [], { freePrefixes: 13, reservedPrefixes: 0 }],
  [
    'a delegated prefix takes its block',
    [anEni({ privateIpAddresses: [], ipv4Prefixes: ['10.0.0.32/28'] })],
    [],
    { freePrefixes: 13 },
  ],
  [
    'a detached interface holds its address',
    [anEni({ status: 'available', privateIpAddresses: ['10.0.0.33'] })],
    [],
    { freePrefixes: 13 },
  ],
  [
    'an explicit reservation is left out',
    [],
    [reservation('10.0.0.64/26', 'explicit')],
    { freePrefixes: 10, reservedPrefixes: 0 },
  ],
  ['an explicit reservation of a part of a block, too', [], [reservation('10.0.0.64/30', 'explicit')], { freePrefixes: 13 }],
  [
    'a prefix reservation is counted apart',
    [anEni({ privateIpAddresses: ['10.0.0.65'] })],
    [reservation('10.0.0.64/26', 'prefix')],
    { freePrefixes: 10, reservedPrefixes: 3, hasPrefixReservation: true },
  ],
] as const)('%s', (_, interfaces, reservations, expected) => {
  const held = heldAddresses(interfaces, 0).size;
  expect(count(aSubnet({ availableIpAddressCount: 251 - held }), interfaces, reservations)).toMatchObject({
    unaccounted: 0,
    ...expected,
  });
});

test.each<[string, string, readonly NetworkInterface[], number, number]>([
  [
    'addresses outside of the subnet hold nothing',
    '10.0.1.0/24',
    [anEni({ privateIpAddresses: ['10.0.0.20', '10.0.2.20'] })],
    0,
    14,
  ],
  [
    'nor does a prefix outside',
    '10.0.1.0/24',
    [anEni({ privateIpAddresses: [], ipv4Prefixes: ['10.0.0.240/28', '10.0.2.0/28'] })],
    0,
    14,
  ],
  [
    'of a range that straddles the beginning, what lies inside',
    '10.0.0.128/25',
    [anEni({ privateIpAddresses: [], ipv4Prefixes: ['10.0.0.0/24'] })],
    123,
    0,
  ],
  [
    'IPv6 addresses hold nothing of IPv4',
    '10.0.1.0/24',
    [anEni({ privateIpAddresses: [], ipv6Addresses: ['2001:db8::1'], ipv6Prefixes: ['2001:db8::/80'] })],
    0,
    14,
  ],
  [
    'what is no address holds nothing',
    '10.0.1.0/24',
    [anEni({ privateIpAddresses: ['', '10.0.1'], ipv4Prefixes: ['10.0.1.0'] })],
    0,
    14,
  ],
  ['the two middle blocks of a /26', '10.0.1.0/26', [anEni({ privateIpAddresses: ['10.0.1.16'] })], 1, 1],
  ['a /27 has none whoever is in it', '10.0.1.0/27', [], 0, 0],
])('%s', (_, cidrBlock, interfaces, held, freePrefixes) => {
  const size = 2 ** (32 - Number(cidrBlock.split('/')[1]));
  const subnet = aSubnet({ cidrBlock, availableIpAddressCount: size - 5 - held });
  expect(subnetOccupancy(subnet, interfaces)?.held).toBe(held);
  expect(count(subnet, interfaces)).toMatchObject({ freePrefixes, unaccounted: 0 });
});

test('addresses that cannot be seen make the count an upper bound, and the free addresses bound it too', () => {
  expect(count(aSubnet({ availableIpAddressCount: 241 }))).toMatchObject({
    freePrefixes: 14,
    freePrefixesAtLeast: 4,
    unaccounted: 10,
  });
  expect(count(aSubnet({ availableIpAddressCount: 15 }))).toMatchObject({
    freePrefixes: 0,
    freePrefixesAtLeast: 0,
    unaccounted: 236,
  });
});

test('a gap of exactly the free reserved addresses is EC2 counting them as taken', () => {
  const reserved = [reservation('10.0.0.64/26', 'prefix')];
  expect(count(aSubnet({ availableIpAddressCount: 251 - 64 }), [], reserved)).toMatchObject({ unaccounted: 0, freePrefixes: 10 });
});

test('an address in every block fragments a subnet wholly, none not at all', () => {
  const everywhere = anEni({ privateIpAddresses: Array.from({ length: 16 }, (_, block) => `10.0.0.${16 * block + 5}`) });
  expect(count(aSubnet({ availableIpAddressCount: 235 }), [everywhere]).fragmentationIndex).toBe(1);
  expect(count(aSubnet()).fragmentationIndex).toBeCloseTo(1 - 224 / 251);
  expect(count(aSubnet({ availableIpAddressCount: 0 })).fragmentationIndex).toBe(0);
});

test('the count agrees with sets of single addresses', () => {
  fc.assert(
    fc.property(subnetWorld, ({ subnet, interfaces, reservations }) => {
      const all = addressesOf(subnet.cidrBlock);
      const held = heldAddresses(interfaces, all.length);
      const amazons = new Set([...all.slice(0, 4), ...all.slice(-1)]);
      const under = (kind: string) =>
        new Set(reservations.filter(({ reservationType }) => reservationType === kind).flatMap(({ cidr }) => addressesOf(cidr)));
      const [explicit, prefix] = [under('explicit'), under('prefix')];
      let [free, reserved] = [0, 0];
      for (let from = 0; from < all.length; from += 16) {
        const block = all.slice(from, from + 16);
        if (block.some((address) => held.has(address) || amazons.has(address) || explicit.has(address))) continue;
        if (block.every((address) => prefix.has(address))) reserved++;
        else if (!block.some((address) => prefix.has(address))) free++;
      }
      const counted = count(subnet, interfaces, reservations);
      const gap = all.length - 5 - held.size - subnet.availableIpAddressCount;
      expect(counted.unaccounted === gap || counted.unaccounted === 0).toBe(true);
      if (counted.unaccounted === 0) expect(counted).toMatchObject({ freePrefixes: free, freePrefixesAtLeast: free });
      else {
        expect(counted.freePrefixes).toBe(Math.min(free, Math.floor(subnet.availableIpAddressCount / 16)));
        expect(counted.freePrefixesAtLeast).toBe(Math.max(0, free - gap));
      }
      expect(counted.reservedPrefixes).toBe(reserved);
      expect(counted.freePrefixes).toBeLessThanOrEqual(counted.maxPrefixes);
      expect(counted.fragmentationIndex).toBeGreaterThanOrEqual(0);
      expect(counted.fragmentationIndex).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});
