import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressConsumers, addressHolder, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { parseIpv4 } from '#lib/network/ipv4.ts';
import { subnetOccupancy } from '#lib/network/subnet-occupancy.ts';
import { heldAddresses, subnetWorld } from '#test/network/worlds.ts';
import { aNodeEni, anEni, aSubnet } from '#test/scenarios/slices.ts';

const identity: ClusterIdentity = {
  name: 'shop-prod',
  instanceIds: new Set(['i-1']),
  otherInstanceIds: new Set(['i-9']),
  nodeIps: new Set(['10.0.0.200']),
};

test.each([
  ["a node's primary interface", aNodeEni('i-1'), 'thisCluster'],
  ["a node's secondary interface", aNodeEni('i-1', 1), 'thisCluster'],
  [
    'a detached interface of one of its instances',
    anEni({ tags: { 'node.k8s.amazonaws.com/instance_id': 'i-1' } }),
    'thisCluster',
  ],
  ['an interface tagged by its CNI', anEni({ tags: { 'cluster.k8s.amazonaws.com/name': 'shop-prod' } }), 'thisCluster'],
  [
    'a branch of its resource controller',
    anEni({ interfaceType: 'branch', description: 'aws-k8s-branch-eni', tags: { 'kubernetes.io/cluster/shop-prod': 'owned' } }),
    'thisCluster',
  ],
  ['its control plane', anEni({ description: 'Amazon EKS shop-prod', requesterManaged: true }), 'thisCluster'],
  ["a Fargate pod, found by the node's address", anEni({ privateIpAddresses: ['10.0.0.200'] }), 'thisCluster'],
  ['the control plane of a cluster whose name begins alike', anEni({ description: 'Amazon EKS shop-prod-2' }), 'otherClusters'],
  ['a node of another cluster', aNodeEni('i-9'), 'otherClusters'],
  ["another cluster's CNI", anEni({ tags: { 'cluster.k8s.amazonaws.com/name': 'blog' } }), 'otherClusters'],
  ['a CNI interface of an instance that nobody names', aNodeEni('i-5', 1), 'other'],
  ['a leaked interface of an instance that is gone', anEni({ status: 'available', description: 'aws-K8S-i-gone' }), 'other'],
  [
    'an interface that two clusters own',
    anEni({ tags: { 'kubernetes.io/cluster/shop-prod': 'owned', 'kubernetes.io/cluster/blog': 'owned' } }),
    'other',
  ],
  ['an interface merely shared with the cluster', anEni({ tags: { 'kubernetes.io/cluster/shop-prod': 'shared' } }), 'other'],
  ['a network load balancer', anEni({ interfaceType: 'network_load_balancer' }), 'loadBalancers'],
  ['an application load balancer', anEni({ description: 'ELB app/shop/1' }), 'loadBalancers'],
  ['an interface endpoint', anEni({ interfaceType: 'vpc_endpoint' }), 'endpoints'],
  ['an endpoint by its description', anEni({ description: 'VPC Endpoint Interface vpce-1' }), 'endpoints'],
  ['a function', anEni({ interfaceType: 'lambda' }), 'lambda'],
  ['a function by its description', anEni({ description: 'AWS Lambda VPC ENI-pay-1' }), 'lambda'],
  ['a NAT gateway', anEni({ interfaceType: 'natGateway' }), 'other'],
  ['a NAT gateway as EC2 really writes it', anEni({ interfaceType: 'nat_gateway' }), 'other'],
  ['a database', anEni({ description: 'RDSNetworkInterface' }), 'other'],
])('%s: %s', (_, eni, holder) => expect(addressHolder(eni, identity)).toBe(holder));

const consumersOf = (interfaces: Parameters<typeof subnetOccupancy>[1], pods?: readonly string[]) => {
  const occupancy = subnetOccupancy(aSubnet(), interfaces);
  if (occupancy === undefined) throw new Error('no block');
  const addresses = pods && new Set(pods.map((ip) => parseIpv4(ip) ?? -1));
  return addressConsumers(occupancy, (eni) => addressHolder(eni, identity), addresses);
};

test('addresses without a pod are the warm pool, prefixes included; where pods were not read they stay with the cluster', () => {
  const enis = [
    aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11', '10.0.0.12'] }),
    aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.13'], ipv4Prefixes: ['10.0.0.32/28'] }),
    anEni({ description: 'ELB net/shop', privateIpAddresses: ['10.0.0.14'] }),
  ];
  expect(consumersOf(enis, ['10.0.0.11', '10.0.0.40'])).toEqual({
    thisCluster: 4,
    otherClusters: 0,
    warmPool: 16,
    loadBalancers: 1,
    endpoints: 0,
    lambda: 0,
    other: 0,
  });
  expect(consumersOf(enis)).toMatchObject({ thisCluster: 20, warmPool: null });
});

test('a branch is no warm address', () => {
  const branch = anEni({
    interfaceType: 'branch',
    privateIpAddresses: ['10.0.0.20'],
    tags: { 'kubernetes.io/cluster/shop-prod': 'owned' },
  });
  expect(consumersOf([branch], [])).toMatchObject({ thisCluster: 1, warmPool: 0 });
});

test('every held address has one consumer, and no more', () => {
  fc.assert(
    fc.property(subnetWorld, fc.boolean(), ({ subnet, interfaces }, podsRead) => {
      const occupancy = subnetOccupancy(subnet, interfaces);
      if (occupancy === undefined) throw new Error('no block');
      const pods = podsRead
        ? new Set(interfaces.flatMap((eni) => eni.privateIpAddresses.slice(1, 2)).map((ip) => parseIpv4(ip) ?? -1))
        : undefined;
      const counted = addressConsumers(occupancy, (eni) => addressHolder(eni, identity), pods);
      const held = heldAddresses(interfaces, occupancy.block.size);
      expect(Object.values(counted).reduce<number>((sum, amount) => sum + (amount ?? 0), 0)).toBe(held.size);
      expect(occupancy.held).toBe(held.size);
    }),
    { numRuns: 500 },
  );
});
