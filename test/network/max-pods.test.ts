import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectedMaxPods, maxPodsGuidance, maxPodsReason } from '#lib/network/max-pods.ts';
import { maxPodsOrigin } from '#lib/network/max-pods-source.ts';
import { nodeCapacity } from '#lib/network/node-capacity.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { aNode, aNodeEni, aNodegroup, anInstanceType } from '#test/scenarios/slices.ts';

const PD = { prefixDelegation: true };
const large = anInstanceType();
const m5x4 = anInstanceType({
  instanceType: 'm5.4xlarge',
  vcpus: 16,
  maximumNetworkInterfaces: 8,
  ipv4AddressesPerInterface: 30,
});
const m5x8 = anInstanceType({
  instanceType: 'm5.8xlarge',
  vcpus: 32,
  maximumNetworkInterfaces: 8,
  ipv4AddressesPerInterface: 30,
});
const capacityOf = (type: typeof large, settings: Partial<VpcCniSettings>) =>
  nodeCapacity(type, { ...MANIFEST_SETTINGS, ...settings }, [aNodeEni('i-1')]);

test.each([
  ['secondary addresses on m5.large', large, {}, 29],
  ['secondary addresses under custom networking', large, { customNetworking: true }, 20],
  ['prefixes on m5.large, capped', large, PD, 110],
  ['prefixes under custom networking, capped', large, { ...PD, customNetworking: true }, 110],
  ['secondary addresses on m5.4xlarge, not capped', m5x4, {}, 234],
  ['prefixes on more than 30 vCPUs', m5x8, PD, 250],
  [
    'prefixes on a type too small for the cap',
    anInstanceType({ maximumNetworkInterfaces: 2, ipv4AddressesPerInterface: 4 }),
    PD,
    98,
  ],
  ['IPv6', large, { ipv6: true }, 110],
])('%s', (_, type, settings, expected) => expect(expectedMaxPods(type, capacityOf(type, settings))).toBe(expected));

test.each([
  [30, 110],
  [31, 250],
])('with %i vCPUs the guidance is %i', (vcpus, guidance) => expect(maxPodsGuidance({ vcpus })).toBe(guidance));

test.each([
  ["the AMI's figure fits", large, {}, 29, 2, 'matches'],
  ['one more than fits', large, {}, 30, 2, 'over-committed'],
  ['host-network pods take no address', large, {}, 32, 5, 'matches'],
  ['a figure that ignores custom networking', large, { customNetworking: true }, 29, 2, 'over-committed'],
  ['a figure from before prefix delegation', large, PD, 29, 2, 'stale'],
  ['the same with an interface reserved', large, { ...PD, customNetworking: true }, 20, 2, 'stale'],
  ['a figure from before IPv6', large, { ipv6: true }, 29, 2, 'stale'],
  ['the guidance under prefix delegation', large, PD, 110, 2, 'matches'],
  ['prefixes beyond the guidance', large, PD, 111, 2, 'above-guidance'],
  ['an uncapped AMI on a type with many addresses', m5x4, {}, 234, 2, 'above-guidance'],
  ['the same on a large type', m5x8, {}, 234, 2, 'matches'],
  ['half of what fits', large, {}, 14, 2, 'wasteful'],
  ['a little more than half', large, {}, 15, 2, 'matches'],
  ['the guidance although more would fit', m5x4, {}, 110, 2, 'matches'],
])('%s', (_, type, settings, allocatable, hostNetwork, reason) => {
  const pods = { inUse: 0, waiting: 0, branches: 0, hostNetwork };
  expect(maxPodsReason(allocatable, type, capacityOf(type, settings), pods, 2)).toBe(reason);
});

test('pods on branch interfaces need no address of the pool', () => {
  const pods = { inUse: 0, waiting: 0, branches: 4, hostNetwork: 2 };
  expect(maxPodsReason(33, large, capacityOf(large, {}), pods, 2)).toBe('matches');
  expect(maxPodsReason(34, large, capacityOf(large, {}), pods, 2)).toBe('over-committed');
});

test('a node whose max-pods is the expected one is never over-committed, stale or wasteful', () => {
  const types = fc.record({
    enis: fc.integer({ min: 2, max: 15 }),
    ips: fc.integer({ min: 2, max: 50 }),
    vcpus: fc.integer({ min: 1, max: 192 }),
  });
  fc.assert(
    fc.property(types, fc.boolean(), fc.boolean(), ({ enis, ips, vcpus }, prefixDelegation, customNetworking) => {
      const type = anInstanceType({ maximumNetworkInterfaces: enis, ipv4AddressesPerInterface: ips, vcpus });
      const capacity = capacityOf(type, { prefixDelegation, customNetworking });
      const pods = { inUse: 0, waiting: 0, branches: 0, hostNetwork: 2 };
      const reason = maxPodsReason(expectedMaxPods(type, capacity), type, capacity, pods, 2);
      expect(['matches', 'above-guidance']).toContain(reason);
      if (prefixDelegation) expect(reason).toBe('matches');
    }),
    { numRuns: 500 },
  );
});

const bare = { 'kubernetes.io/os': 'linux' };
const grouped = { 'eks.amazonaws.com/nodegroup': 'general' };
test.each([
  ['a managed group', { labels: grouped }, [aNodegroup()], 'managed-node-group', 'EKS computes it'],
  [
    'a managed group of several types',
    { labels: grouped },
    [aNodegroup({ instanceTypes: ['m5.large', 'm5.xlarge'] })],
    'managed-node-group',
    'by the smallest of its types',
  ],
  [
    'a managed group with an AMI of its own',
    { labels: grouped, osImage: 'Amazon Linux 2023.9' },
    [aNodegroup({ amiType: 'CUSTOM' })],
    'managed-node-group-custom-ami',
    'NodeConfig',
  ],
  ['a group that was not read', { labels: grouped }, undefined, 'unknown', 'node group general'],
  ['Karpenter', { labels: { 'karpenter.sh/nodepool': 'general' } }, [], 'karpenter', 'EC2NodeClass'],
  ['Auto Mode', { labels: { 'eks.amazonaws.com/compute-type': 'auto' } }, [], 'auto-mode', 'nothing can be set'],
  ['a node of its own on AL2023', { labels: bare, osImage: 'Amazon Linux 2023.9.20260101' }, [], 'nodeadm', 'NodeConfig'],
  [
    'one on Bottlerocket',
    { labels: bare, osImage: 'Bottlerocket OS 1.40.0 (aws-k8s-1.33)' },
    [],
    'bottlerocket',
    'settings.kubernetes.max-pods',
  ],
  ['one on AL2', { labels: bare, osImage: 'Amazon Linux 2' }, [], 'bootstrap.sh', '--use-max-pods false'],
  ['one on anything else', { labels: bare, osImage: 'Ubuntu 24.04' }, [], 'unknown', 'user data'],
] as const)('max-pods of %s comes from where it is told to be changed', (_, node, nodegroups, source, change) => {
  const origin = maxPodsOrigin(aNode(node), nodegroups);
  expect(origin.source).toBe(source);
  expect(origin.change).toContain(change);
});
