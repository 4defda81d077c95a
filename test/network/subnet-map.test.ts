import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkInterface, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { attribute, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { mapRows, subnetMap } from '#lib/network/subnet-map.ts';
import { subnetOccupancy } from '#lib/network/subnet-occupancy.ts';
import { aDetachedEni, addressesOf, type SubnetWorld, subnetWorld } from '#test/network/worlds.ts';
import { aNodeEni, anEni, aSubnet, NOW } from '#test/scenarios/slices.ts';

const identity: ClusterIdentity = {
  name: 'shop-prod',
  instanceIds: new Set(['i-1']),
  otherInstances: new Map(),
  nodeIps: new Set(),
};
const holderOf = (eni: NetworkInterface) => attribute(eni, identity, { now: new Date(NOW) });
const mapOf = ({ subnet, interfaces, reservations }: SubnetWorld): string => {
  const occupancy = subnetOccupancy(subnet, interfaces);
  if (occupancy === undefined) throw new Error('no block');
  return subnetMap(occupancy, reservations, interfaces.map(holderOf));
};
const inSubnet = (interfaces: readonly NetworkInterface[], reservations: readonly SubnetCidrReservation[] = []) =>
  mapOf({ subnet: aSubnet(), interfaces, reservations });
const reservation = (cidr: string, reservationType: 'explicit' | 'prefix'): SubnetCidrReservation => ({
  subnetCidrReservationId: cidr,
  subnetId: 'subnet-a',
  cidr,
  reservationType,
});
const balancer = anEni({ description: 'ELB net/shop', privateIpAddresses: ['10.0.0.21'] });
const leaked = aDetachedEni(120, { privateIpAddresses: ['10.0.0.22'] });

test.each<[string, readonly NetworkInterface[], readonly SubnetCidrReservation[], string]>([
  ['an empty subnet', [], [], 'a..............a'],
  ["this cluster's address", [aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.20'] })], [], 'ao.............a'],
  ["somebody else's address", [balancer], [], 'ax.............a'],
  ['a leaked address', [leaked], [], 'al.............a'],
  [
    'somebody else is the hardest to move',
    [leaked, balancer, aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.20'] })],
    [],
    'ax.............a',
  ],
  [
    'this cluster is harder than a leak',
    [leaked, aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.20'] })],
    [],
    'ao.............a',
  ],
  [
    "prefixes, this cluster's and another's",
    [
      aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.5'], ipv4Prefixes: ['10.0.0.32/28'] }),
      aNodeEni('i-5', 1, { privateIpAddresses: ['10.0.0.6'], ipv4Prefixes: ['10.0.0.48/28'] }),
    ],
    [],
    'a.#=...........a',
  ],
  [
    'the prefix of a leaked interface can be had back',
    [aDetachedEni(120, { privateIpAddresses: ['10.0.0.5'], ipv4Prefixes: ['10.0.0.32/28'] })],
    [],
    'a.l............a',
  ],
  ['reservations', [], [reservation('10.0.0.64/27', 'prefix'), reservation('10.0.0.128/28', 'explicit')], 'a...pp..e......a'],
  ['a block that is reserved in part', [], [reservation('10.0.0.64/29', 'prefix')], 'a...e..........a'],
  ['who holds addresses of a reservation', [balancer], [reservation('10.0.0.16/28', 'explicit')], 'ax.............a'],
])('%s: %4$s', (_, interfaces, reservations, map) => expect(inSubnet(interfaces, reservations)).toBe(map));

test.each([
  ['10.0.0.0/28', 'a'],
  ['10.0.0.0/27', 'aa'],
  ['10.0.0.0/26', 'a..a'],
  ['10.0.0.0/30', ''],
])('an empty %s: "%s"', (cidrBlock, map) =>
  expect(mapOf({ subnet: aSubnet({ cidrBlock }), interfaces: [], reservations: [] })).toBe(map),
);

test('an interface outside of the CIDR is on no map', () =>
  expect(inSubnet([anEni({ privateIpAddresses: ['10.9.0.20'], ipv4Prefixes: ['10.0.1.0/28'] })])).toBe('a..............a'));

test('free and reserved blocks are as many as are counted, and each block says what sets of single addresses say', () => {
  fc.assert(
    fc.property(subnetWorld, (world) => {
      const { subnet, interfaces, reservations } = world;
      const map = mapOf(world);
      const occupancy = subnetOccupancy(subnet, interfaces);
      const counted = occupancy && countFreePrefixes(occupancy, 2 ** 20, reservations);
      const amount = (of: string) => [...map].filter((block) => block === of).length;
      expect({ free: amount('.'), reserved: amount('p') }).toEqual({
        free: counted?.freePrefixes,
        reserved: counted?.reservedPrefixes,
      });
      const all = addressesOf(subnet.cidrBlock);
      expect(map).toHaveLength(all.length / 16);
      const held = new Set(interfaces.flatMap((eni) => [...eni.privateIpAddresses, ...eni.ipv4Prefixes.flatMap(addressesOf)]));
      const wrong = [...map].filter((block, at) => {
        if (at === 0 || at === map.length - 1) return block !== 'a';
        return all.slice(16 * at, 16 * at + 16).some((address) => held.has(address)) !== '#=lox'.includes(block);
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('rows are a /24 each, and equal neighbours are folded', () => {
  const map = mapOf({ subnet: aSubnet({ cidrBlock: '10.0.0.0/21' }), interfaces: [], reservations: [] });
  expect(mapRows(map, '10.0.0.0/21')).toEqual([
    { from: '10.0.0.0', to: '10.0.0.0', rows: 1, blocks: 'a...............' },
    { from: '10.0.1.0', to: '10.0.6.0', rows: 6, blocks: '................' },
    { from: '10.0.7.0', to: '10.0.7.0', rows: 1, blocks: '...............a' },
  ]);
  expect(mapRows('a..a', '10.0.0.64/26')).toEqual([{ from: '10.0.0.64', to: '10.0.0.64', rows: 1, blocks: 'a..a' }]);
  expect(mapRows('', '10.0.0.0/30')).toEqual([]);
});
