import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ZonePlace, zoneRooms, zoneSkew } from '#lib/network/zone-rooms.ts';
import { aSubnet } from '#test/scenarios/slices.ts';

const place: fc.Arbitrary<ZonePlace> = fc
  .record({
    zone: fc.constantFrom('a', 'b', 'c'),
    length: fc.integer({ min: 20, max: 28 }),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
    addresses: fc.constantFrom(0, 1, 10, 17),
    unknownTypes: fc.constantFrom<string[]>([], [], ['x9.large']),
  })
  .map(({ zone, length, used, addresses, unknownTypes }) => ({
    subnet: aSubnet({
      availabilityZone: zone,
      cidrBlock: `10.0.0.0/${length}`,
      availableIpAddressCount: Math.round((2 ** (32 - length) - 5) * (1 - used)),
    }),
    demand: { addresses, unknownTypes },
  }));
const places = fc.array(place, { maxLength: 8 });
const sizeOf = ({ subnet }: ZonePlace) => 2 ** (32 - Number(subnet.cidrBlock.split('/')[1])) - 5;

test('a zone has what its subnets have, and refuses a node only if each of them does', () => {
  fc.assert(
    fc.property(places, (given) => {
      const rooms = zoneRooms(given, 1);
      expect(rooms.map(({ zone }) => zone)).toEqual([...new Set(given.map(({ subnet }) => subnet.availabilityZone))].sort());
      for (const { zone, free, total, refusesNode } of rooms) {
        const there = given.filter(({ subnet }) => subnet.availabilityZone === zone);
        expect(free).toBe(there.reduce((sum, { subnet }) => sum + subnet.availableIpAddressCount, 0));
        expect(total).toBe(there.reduce((sum, entry) => sum + sizeOf(entry), 0));
        const surely = there.filter(({ subnet, demand }) => subnet.availableIpAddressCount < demand.addresses);
        if (refusesNode === 'yes') expect(surely).toEqual(there);
        if (surely.length === there.length) expect(refusesNode).toBe('yes');
        if (refusesNode === 'unknown') expect(there.some(({ demand }) => demand.unknownTypes.length > 0)).toBe(true);
      }
    }),
  );
});

test('no zone is both short and roomy, whatever the thresholds', () => {
  const percent = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(places, percent, percent, (given, shortPercent, roomPercent) => {
      const { short, roomy, perhapsShort } = zoneSkew(zoneRooms(given, 1), { shortPercent, roomPercent });
      const named = [...short, ...roomy, ...perhapsShort].map(({ zone }) => zone);
      expect(named).toEqual([...new Set(named)]);
    }),
  );
});
