import { expect, test } from 'vitest';
import type { InstanceType } from '#lib/model/ec2.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { ciliumEniNode, ciliumEniNodes } from '#lib/network/cilium-eni-nodes.ts';
import { expectedMaxPods } from '#lib/network/max-pods.ts';
import { aNode, aNodeEni, anInstanceType, aPod } from '#test/scenarios/slices.ts';

const node = aNode();
const addresses = (count: number) => Array.from({ length: count }, (_, at) => `10.0.0.${10 + at}`);
const ciliumNode = (eni: object, enis: object = { 'eni-i-1-1': { number: 1 } }): CustomResource => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNode',
  name: node.name,
  labels: {},
  spec: { eni },
  status: { eni: { enis } },
});
const INTERFACES = [aNodeEni('i-1'), aNodeEni('i-1', 1, { privateIpAddresses: addresses(5) })];
const host = (interfaces = INTERFACES) =>
  ({ name: node.name, kind: 'linux', node, instanceId: 'i-1', instanceType: 'm5.large', interfaces, pods: [aPod()] }) as const;
const judge = (resource: CustomResource, type: InstanceType = anInstanceType(), interfaces = INTERFACES) =>
  ciliumEniNode(host(interfaces), ciliumEniNodes([resource]), new Map([[type.instanceType, type]]));

const PREFIXED = { 'eni-i-1-1': { number: 1, prefixes: ['10.0.0.32/28'] } };
const prefixes = [aNodeEni('i-1'), aNodeEni('i-1', 1, { ipv4Prefixes: ['10.0.0.32/28'] })];
test.each<[string, object, object, typeof INTERFACES, number, number, number]>([
  ['all interfaces by default', {}, {}, INTERFACES, 27, 4, 29],
  ['none before the first index', { 'first-interface-index': 1 }, {}, INTERFACES, 18, 4, 20],
  ['none before the second', { 'first-interface-index': 2 }, {}, INTERFACES, 9, 0, 11],
  ['none where all are left out', { 'first-interface-index': 3 }, {}, INTERFACES, 0, 0, 2],
  ["the interface's own address too", { 'use-primary-address': true }, {}, INTERFACES, 30, 4, 32],
  ['prefixes where interfaces hold them', {}, PREFIXED, prefixes, 432, 16, 110],
  ['prefixes from the first index on', { 'first-interface-index': 1 }, PREFIXED, prefixes, 288, 16, 110],
  ['prefixes no more, once they are disabled', { 'disable-prefix-delegation': true }, PREFIXED, prefixes, 26 + 16, 16, 29],
])('Cilium gives pods %s', (_, eni, enis, interfaces, ipCapacity, ipAssigned, maxPods) => {
  const answer = judge(ciliumNode(eni, { 'eni-i-1-1': { number: 1 }, ...enis }), anInstanceType(), interfaces);
  expect(answer).toMatchObject({ kind: 'judged', entry: { capacity: { ipCapacity, ipAssigned, eniMax: 3, eniAttached: 2 } } });
  if (answer.kind === 'judged') expect(expectedMaxPods(answer.entry.type, answer.entry.capacity)).toBe(maxPods);
});

test('prefixes need Nitro', () => {
  const metal = anInstanceType({ hypervisor: 'xen' });
  expect(judge(ciliumNode({}, PREFIXED), metal, prefixes)).toMatchObject({ entry: { capacity: { mode: 'secondary-ip' } } });
});

const cards = [0, 1].map((networkCardIndex) => ({ networkCardIndex, maximumNetworkInterfaces: 15 }));
test.each<[string, CustomResource, InstanceType, string]>([
  ['another node', { ...ciliumNode({}), name: 'other' }, anInstanceType(), 'names no interface'],
  ['a type with several network cards', ciliumNode({}), anInstanceType({ networkCards: cards }), 'network cards'],
  ['a type that is not known', ciliumNode({}), anInstanceType({ instanceType: 'c5.large' }), 'm5.large'],
])('of %s it is unknown', (_, resource, type, reason) =>
  expect(judge(resource, type)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining(reason) }),
);

test.each<[string, CustomResource]>([
  ['without interfaces', ciliumNode({}, {})],
  ['of another mode', { ...ciliumNode({}), spec: { ipam: { podCIDRs: ['10.1.0.0/24'] } } }],
  ['without a status', { ...ciliumNode({}), status: undefined }],
  ['of another kind', { ...ciliumNode({}), kind: 'CiliumPodIPPool' }],
])('a CiliumNode %s is none of the ENI mode', (_, resource) => expect(ciliumEniNodes([resource]).size).toBe(0));
