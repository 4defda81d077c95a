import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { attribute, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { prefixBlockers } from '#lib/network/prefix-blockers.ts';
import { subnetOccupancy } from '#lib/network/subnet-occupancy.ts';
import { aDetachedEni, addressesOf, type SubnetWorld, subnetWorld } from '#test/network/worlds.ts';
import { aNodeEni, anEni, aSubnet, NOW } from '#test/scenarios/slices.ts';

const identity: ClusterIdentity = {
  name: 'shop-prod',
  instanceIds: new Set(['i-1']),
  otherInstances: new Map(),
  nodeIps: new Set(),
};

const blockersOf = ({ subnet, interfaces, reservations }: SubnetWorld, limit = 100) => {
  const occupancy = subnetOccupancy(subnet, interfaces);
  if (occupancy === undefined) throw new Error('no block');
  return prefixBlockers(occupancy, {
    reservations,
    attributions: interfaces.map((eni) => attribute(eni, identity, { now: new Date(NOW) })),
    clusterName: 'shop-prod',
    limit,
  });
};
const inSubnet = (...interfaces: readonly NetworkInterface[]) => ({ subnet: aSubnet(), interfaces, reservations: [] });

test('blocks come cheapest first: what is idle, what pods can leave, what a node must give up, what is not ours', () => {
  const blockers = blockersOf(
    inSubnet(
      anEni({ networkInterfaceId: 'eni-lb', description: 'ELB net/shop', privateIpAddresses: ['10.0.0.20'] }),
      aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.36', '10.0.0.100', '10.0.0.101'] }),
      aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.53', '10.0.0.120'] }),
      aDetachedEni(120, { networkInterfaceId: 'eni-leak', privateIpAddresses: ['10.0.0.70', '10.0.0.71'] }),
      aDetachedEni(3, { networkInterfaceId: 'eni-new', privateIpAddresses: ['10.0.0.130'] }),
    ),
  );
  expect(blockers).toEqual([
    { block: '10.0.0.64/28', eniId: 'eni-leak', ips: ['10.0.0.70', '10.0.0.71'], release: 'delete-detached' },
    { block: '10.0.0.112/28', eniId: 'eni-i-1-1', ips: ['10.0.0.120'], release: 'unassign' },
    { block: '10.0.0.96/28', eniId: 'eni-i-1-0', ips: ['10.0.0.100', '10.0.0.101'], release: 'unassign' },
    { block: '10.0.0.128/28', eniId: 'eni-new', ips: ['10.0.0.130'], release: 'await-cni' },
    { block: '10.0.0.48/28', eniId: 'eni-i-1-1', ips: ['10.0.0.53'], release: 'delete-interface' },
    { block: '10.0.0.32/28', eniId: 'eni-i-1-0', ips: ['10.0.0.36'], release: 'replace-node' },
    { block: '10.0.0.16/28', eniId: 'eni-lb', ips: ['10.0.0.20'], release: 'not-ours' },
  ]);
});

test('a block of two interfaces costs what the more stubborn one costs, and names both', () => {
  const blockers = blockersOf(
    inSubnet(
      aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.100', '10.0.0.20'] }),
      anEni({ networkInterfaceId: 'eni-lb', description: 'ELB net/shop', privateIpAddresses: ['10.0.0.21'] }),
    ),
  );
  expect(blockers.map(({ block, eniId, release }) => [block, eniId, release])).toEqual([
    ['10.0.0.96/28', 'eni-i-1-1', 'delete-interface'],
    ['10.0.0.16/28', 'eni-i-1-1', 'unassign'],
    ['10.0.0.16/28', 'eni-lb', 'not-ours'],
  ]);
});

test.each([
  ["a block that AWS's own addresses break", inSubnet(aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.5', '10.0.0.250'] }))],
  ['a block that is delegated already', inSubnet(aNodeEni('i-1', 1, { privateIpAddresses: [], ipv4Prefixes: ['10.0.0.32/28'] }))],
  [
    'a block under an explicit reservation',
    {
      ...inSubnet(aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.33'] })),
      reservations: [
        { subnetCidrReservationId: 'scr-1', subnetId: 'subnet-a', cidr: '10.0.0.32/28', reservationType: 'explicit' as const },
      ],
    },
  ],
])('%s cannot be freed', (_, world) => expect(blockersOf(world)).toEqual([]));

test.each<[string, NetworkInterface, string]>([
  [
    "another cluster's leaked interface is not ours to delete",
    aDetachedEni(120, { tags: { 'cluster.k8s.amazonaws.com/name': 'blog' } }),
    'not-ours',
  ],
  ['nor is one that it has just made', aDetachedEni(3, { tags: { 'cluster.k8s.amazonaws.com/name': 'blog' } }), 'not-ours'],
  [
    'one that this cluster leaked is',
    aDetachedEni(120, { tags: { 'cluster.k8s.amazonaws.com/name': 'shop-prod' } }),
    'delete-detached',
  ],
  [
    'one of an age that is not known waits for the CNI',
    anEni({ status: 'available', description: 'aws-K8S-i-gone' }),
    'await-cni',
  ],
  [
    'a branch goes with its pod',
    anEni({ interfaceType: 'branch', tags: { 'kubernetes.io/cluster/shop-prod': 'owned' } }),
    'unassign',
  ],
])('%s', (_, eni, release) =>
  expect(blockersOf(inSubnet({ ...eni, privateIpAddresses: ['10.0.0.40'] }))).toMatchObject([{ release }]),
);

test('deleting a leaked interface frees the block that was delegated to it', () => {
  const leaked = aDetachedEni(120, { privateIpAddresses: ['10.0.0.6'], ipv4Prefixes: ['10.0.0.32/28'] });
  expect(blockersOf(inSubnet(leaked))).toEqual([
    { block: '10.0.0.32/28', eniId: 'eni-1', ips: addressesOf('10.0.0.32/28'), release: 'delete-detached' },
  ]);
});

test('freeing a listed block gives exactly one more prefix, and the blocks are in the order of their cost', () => {
  fc.assert(
    fc.property(subnetWorld, ({ subnet, interfaces, reservations }) => {
      const free = (enis: readonly NetworkInterface[]) => {
        const occupancy = subnetOccupancy(subnet, enis);
        if (occupancy === undefined) throw new Error('no block');
        const counted = countFreePrefixes(occupancy, 2 ** 20, reservations);
        return counted.freePrefixes + counted.reservedPrefixes;
      };
      const blockers = blockersOf({ subnet, interfaces, reservations }, 3);
      for (const [block, entries] of Map.groupBy(blockers, (entry) => entry.block)) {
        const gone = new Set(entries.flatMap(({ ips }) => ips));
        for (const ip of gone) expect(addressesOf(block)).toContain(ip);
        const without = interfaces.map((eni) => ({
          ...eni,
          privateIpAddresses: eni.privateIpAddresses.filter((ip) => !gone.has(ip)),
          // A whole block can only go with the interface that holds it.
          ipv4Prefixes: eni.ipv4Prefixes.filter((prefix) => prefix !== block),
        }));
        expect(free(without)).toBe(free(interfaces) + 1);
      }
      const order = ['delete-detached', 'unassign', 'await-cni', 'delete-interface', 'replace-node', 'not-ours'];
      const costs = [...Map.groupBy(blockers, (entry) => entry.block).values()].map(
        (entries) =>
          100 * Math.max(...entries.map(({ release }) => order.indexOf(release))) +
          entries.reduce((sum, { ips }) => sum + ips.length, 0),
      );
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});
