import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkInterface, Subnet } from '#lib/model/ec2.ts';
import { addressShares } from '#lib/network/address-consumers.ts';
import { attribute, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { addressSet } from '#lib/network/address-set.ts';
import { parseIpv4 } from '#lib/network/ipv4.ts';
import { subnetOccupancy } from '#lib/network/subnet-occupancy.ts';
import { aDetachedEni, heldAddresses, subnetWorld } from '#test/network/worlds.ts';
import { aNodeEni, anEni, aSubnet, NOW } from '#test/scenarios/slices.ts';

const identity: ClusterIdentity = {
  name: 'shop-prod',
  instanceIds: new Set(['i-1']),
  otherInstances: new Map([['i-9', 'blog']]),
  nodeIps: new Set(),
};

const sharesOf = (interfaces: readonly NetworkInterface[], pods?: readonly string[], subnet: Subnet = aSubnet()) => {
  const occupancy = subnetOccupancy(subnet, interfaces);
  if (occupancy === undefined) throw new Error('no block');
  const attributions = interfaces.map((eni) => attribute(eni, identity, { now: new Date(NOW) }));
  return addressShares(occupancy, attributions, pods && addressSet(pods.map(parseIpv4)));
};
const sum = (counts: Readonly<Record<string, number | null>>) =>
  Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);

test('addresses without a pod are the warm pool, prefixes included; where pods were not read they stay with the cluster', () => {
  const enis = [
    aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11', '10.0.0.12'] }),
    aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.13'], ipv4Prefixes: ['10.0.0.32/28'] }),
    anEni({ description: 'ELB net/shop', privateIpAddresses: ['10.0.0.14'] }),
  ];
  expect(sharesOf(enis, ['10.0.0.11', '10.0.0.40']).consumers).toEqual({
    thisCluster: 4,
    otherClusters: 0,
    warmPool: 16,
    loadBalancers: 1,
    endpoints: 0,
    lambda: 0,
    natGateways: 0,
    controlPlane: 0,
    leaked: 0,
    other: 0,
  });
  expect(sharesOf(enis).consumers).toMatchObject({ thisCluster: 20, warmPool: null });
});

test('a branch is no warm address', () => {
  const branch = anEni({
    interfaceType: 'branch',
    privateIpAddresses: ['10.0.0.20'],
    tags: { 'kubernetes.io/cluster/shop-prod': 'owned' },
  });
  expect(sharesOf([branch], []).consumers).toMatchObject({ thisCluster: 1, warmPool: 0 });
});

test('clusters that share the subnet are told apart, each with all that names it', () => {
  const shared = [
    aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11'] }),
    aNodeEni('i-9', 0, { privateIpAddresses: ['10.0.0.20', '10.0.0.21', '10.0.0.22'] }),
    anEni({ description: 'Amazon EKS blog', privateIpAddresses: ['10.0.0.30'] }),
    aDetachedEni(120, { privateIpAddresses: ['10.0.0.40'], tags: { 'cluster.k8s.amazonaws.com/name': 'blog' } }),
    aDetachedEni(120, { privateIpAddresses: ['10.0.0.41'] }),
    anEni({ interfaceType: 'nat_gateway', privateIpAddresses: ['10.0.0.50'] }),
    anEni({ description: 'RDSNetworkInterface', privateIpAddresses: ['10.0.0.51'] }),
  ];
  const { consumers, byCluster, byService } = sharesOf(shared, []);
  expect(consumers).toMatchObject({
    thisCluster: 1,
    warmPool: 1,
    otherClusters: 3,
    controlPlane: 1,
    leaked: 2,
    natGateways: 1,
    other: 1,
  });
  expect(byCluster).toEqual({ blog: 5, 'shop-prod': 2 });
  expect(byService).toEqual({ 'NAT gateway': 1, RDS: 1 });
});

test('a tag cannot name a cluster so that the evidence breaks', () => {
  const hostile = anEni({ tags: { 'cluster.k8s.amazonaws.com/name': '__proto__' } });
  expect(JSON.stringify(sharesOf([hostile]).byCluster)).toBe('{"__proto__":1}');
});

test('every held address has one consumer, and no more; clusters and services have no more than there are', () => {
  fc.assert(
    fc.property(subnetWorld, fc.boolean(), ({ subnet, interfaces }, podsRead) => {
      const pods = podsRead ? interfaces.flatMap((eni) => eni.privateIpAddresses.slice(1, 2)) : undefined;
      const { consumers, byCluster, byService } = sharesOf(interfaces, pods, subnet);
      const occupancy = subnetOccupancy(subnet, interfaces);
      const held = heldAddresses(interfaces, occupancy?.block.size ?? 0).size;
      expect(sum(consumers)).toBe(held);
      expect(occupancy?.held).toBe(held);
      expect(sum(byCluster)).toBeLessThanOrEqual(held);
      expect(sum(byService)).toBeLessThanOrEqual(held);
      expect(byCluster['shop-prod'] ?? 0).toBeGreaterThanOrEqual(consumers.thisCluster + (consumers.warmPool ?? 0));
    }),
    { numRuns: 500 },
  );
});
