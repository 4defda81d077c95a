import { expect, test } from 'vitest';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { type Attribution, attribute, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { aDetachedEni } from '#test/network/worlds.ts';
import { aNodeEni, anEni, NOW } from '#test/scenarios/slices.ts';

const identity: ClusterIdentity = {
  name: 'shop-prod',
  instanceIds: new Set(['i-1']),
  otherInstances: new Map([
    ['i-9', 'blog'],
    ['i-8', undefined],
  ]),
  nodeIps: new Set(['10.0.0.200']),
};
const attributed = (eni: NetworkInterface): Attribution => attribute(eni, identity, { now: new Date(NOW) });

const OURS = { holder: 'thisCluster', cluster: 'shop-prod' };
const BLOGS = { holder: 'otherClusters', cluster: 'blog' };

test.each<[string, NetworkInterface, object]>([
  ["a node's primary interface", aNodeEni('i-1'), OURS],
  ["a node's secondary interface", aNodeEni('i-1', 1), OURS],
  ['a detached interface of one of its instances', anEni({ tags: { 'node.k8s.amazonaws.com/instance_id': 'i-1' } }), OURS],
  ['an interface tagged by its CNI', anEni({ tags: { 'cluster.k8s.amazonaws.com/name': 'shop-prod' } }), OURS],
  [
    'a branch of its resource controller',
    anEni({ interfaceType: 'branch', description: 'aws-k8s-branch-eni', tags: { 'kubernetes.io/cluster/shop-prod': 'owned' } }),
    OURS,
  ],
  ['its trunk', aNodeEni('i-1', 2, { interfaceType: 'trunk', description: 'aws-k8s-trunk-eni' }), OURS],
  ["a Fargate pod, found by the node's address", anEni({ privateIpAddresses: ['10.0.0.200'] }), OURS],
  ['a node of another cluster', aNodeEni('i-9'), BLOGS],
  ['a node that is tagged for two other clusters', aNodeEni('i-8'), { holder: 'otherClusters' }],
  ["another cluster's CNI", anEni({ tags: { 'cluster.k8s.amazonaws.com/name': 'blog' } }), BLOGS],
  ["another cluster's branch", anEni({ interfaceType: 'branch', tags: { 'kubernetes.io/cluster/blog': 'owned' } }), BLOGS],
  [
    'its control plane',
    anEni({ description: 'Amazon EKS shop-prod', requesterManaged: true }),
    { holder: 'controlPlane', cluster: 'shop-prod' },
  ],
  [
    'the control plane of a cluster whose name begins alike',
    anEni({ description: 'Amazon EKS shop-prod-2' }),
    { holder: 'controlPlane', cluster: 'shop-prod-2' },
  ],
  ['a leaked interface without a cluster', aDetachedEni(120), { holder: 'leaked' }],
  [
    "another cluster's leaked interface",
    aDetachedEni(120, { tags: { 'cluster.k8s.amazonaws.com/name': 'blog' } }),
    { holder: 'leaked', cluster: 'blog' },
  ],
  [
    'one leaked by a node that is still there',
    aDetachedEni(120, { tags: { 'node.k8s.amazonaws.com/instance_id': 'i-1' } }),
    { holder: 'leaked', cluster: 'shop-prod' },
  ],
  ['a detached interface that is new', aDetachedEni(3), { holder: 'other' }],
  [
    'a detached interface of an age that is not known',
    anEni({ status: 'available', description: 'aws-K8S-i-gone' }),
    { holder: 'other' },
  ],
  ['a CNI interface of an instance that nobody names', aNodeEni('i-5', 1), { holder: 'other' }],
  [
    'an interface that two clusters own',
    anEni({ tags: { 'kubernetes.io/cluster/shop-prod': 'owned', 'kubernetes.io/cluster/blog': 'owned' } }),
    { holder: 'other' },
  ],
  [
    'an interface merely shared with the cluster',
    anEni({ tags: { 'kubernetes.io/cluster/shop-prod': 'shared' } }),
    { holder: 'other' },
  ],
  ["a service's, by its description", anEni({ description: 'ELB app/shop/1' }), { holder: 'loadBalancers' }],
  ['an interface made by hand', anEni({ description: 'jump host' }), { holder: 'other' }],
])('%s', (_, eni, holder) => expect(attributed(eni)).toMatchObject(holder));

test('what is not attributed to a cluster names none', () => {
  expect(attributed(aDetachedEni(120))).toEqual({ holder: 'leaked' });
  expect(attributed(anEni())).toEqual({ holder: 'other' });
});

test('the age of a leak is an option', () => {
  const leak = { now: new Date(NOW), minAgeMinutes: 180 };
  expect(attribute(aDetachedEni(120), identity, leak)).toEqual({ holder: 'other' });
});
