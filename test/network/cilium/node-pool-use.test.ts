import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomResource, Node, Pod } from '#lib/model/kubernetes.ts';
import { ciliumNodes } from '#lib/network/cilium/cilium-nodes.ts';
import { nodePoolUses } from '#lib/network/cilium/node-pool-use.ts';
import { aNode, aPod } from '#test/scenarios/slices.ts';
import { aCiliumNode, addresses } from './cilium-objects.ts';

const usesOf = (resource: CustomResource, pods?: readonly Pod[], node?: Node) => {
  const { objects, malformed } = ciliumNodes([resource]);
  expect(malformed).toEqual([]);
  return objects.flatMap((one) => nodePoolUses(one, node, pods));
};
const podsAt = (...ips: readonly string[]) => ips.map((ip) => aPod({ podIps: [ip] }));

describe('the fields that are filled decide', () => {
  const ENIS = { eni: { enis: { 'eni-1': {} } } };
  const allocated = (...cidrs: readonly string[]) => ({ allocated: [{ pool: 'default', cidrs }] });
  test.each<[string, CustomResource, readonly Pod[] | undefined, object]>([
    [
      'cluster-pool: a podCIDR, and pods tell the use',
      aCiliumNode('n1', { podCIDRs: ['10.0.1.0/24'] }),
      podsAt('10.0.1.7', '10.0.2.7'),
      { from: 'spec.ipam.podCIDRs', capacity: 254, used: 1, grows: false },
    ],
    [
      'cluster-pool: pods were not read',
      aCiliumNode('n1', { podCIDRs: ['10.0.1.0/24'] }),
      undefined,
      { capacity: 254, used: undefined },
    ],
    [
      'cluster-pool of both families: IPv4 is the scarcer',
      aCiliumNode('n1', { podCIDRs: ['fd00::/112', '10.0.1.0/24'] }),
      [],
      { capacity: 254 },
    ],
    [
      'cluster-pool of IPv6 alone',
      aCiliumNode('n1', { podCIDRs: ['fd00::/120'] }),
      podsAt('fd00::7'),
      { capacity: 254, used: 1 },
    ],
    [
      'eni until 1.19: pool and used',
      aCiliumNode('n1', { pool: addresses(20) }, { ipam: { used: addresses(12) }, ...ENIS }),
      undefined,
      { from: 'spec.ipam.pool', capacity: 20, used: 12, grows: true },
    ],
    [
      'eni from 1.20: allocated, and pods though used is empty',
      aCiliumNode('n1', { pools: allocated('10.0.1.7/32', '10.0.1.8/32', '10.0.1.16/28') }, { ipam: { used: {} }, ...ENIS }),
      podsAt('10.0.1.7', '10.0.1.17', '10.0.1.31'),
      { from: 'spec.ipam.pools.allocated', capacity: 18, used: 3 },
    ],
    [
      'eni from 1.20, with what 1.19 left behind',
      aCiliumNode('n1', { pool: addresses(20), pools: allocated('10.0.1.7/32') }, { ipam: { used: addresses(0) }, ...ENIS }),
      podsAt('10.0.1.7'),
      { capacity: 1, used: 1 },
    ],
    ['crd: pool without use', aCiliumNode('n1', { pool: addresses(20) }), undefined, { capacity: 20, used: 0 }],
    ['nothing at all', aCiliumNode('n1', {}), [], { from: 'none', capacity: 0, used: 0 }],
    [
      'what the operator says',
      aCiliumNode('n1', {}, { ipam: { 'operator-status': { error: 'all CIDR ranges are exhausted' } } }),
      [],
      { error: 'all CIDR ranges are exhausted' },
    ],
  ])('%s', (_name, resource, pods, expected) => {
    expect(usesOf(resource, pods)).toEqual([expect.objectContaining({ node: 'n1', pool: 'default', ...expected })]);
  });

  test('multi-pool: each pool by itself, with what it is asked for', () => {
    const pools = {
      requested: [
        { pool: 'default', needed: { 'ipv4-addrs': 16 } },
        { pool: 'wide', needed: { 'ipv4-addrs': 8 } },
      ],
      allocated: [{ pool: 'default', cidrs: ['10.0.1.0/28', '10.0.1.32/28'] }],
    };
    expect(usesOf(aCiliumNode('n1', { pools }), podsAt('10.0.1.33'))).toMatchObject([
      { pool: 'default', capacity: 28, used: 1, needed: 16 },
      { pool: 'wide', capacity: 0, used: 0, needed: 8 },
    ]);
  });

  test('kubernetes: the podCIDR of the node where the CiliumNode has none', () => {
    const node = aNode({ podCidrs: ['10.0.1.0/26'] });
    expect(usesOf(aCiliumNode('n1', {}), [], node)).toMatchObject([{ from: 'node.spec.podCIDR', capacity: 62 }]);
  });

  test('what Cilium takes for itself is in use too; host-network and ended pods are not', () => {
    const spec = {
      addresses: [
        { type: 'CiliumInternalIP', ip: '10.0.1.1' },
        { type: 'InternalIP', ip: '10.0.1.2' },
      ],
      health: { ipv4: '10.0.1.3' },
      ingress: {},
    };
    const pods = [
      ...podsAt('10.0.1.9'),
      aPod({ podIps: ['10.0.1.10'], hostNetwork: true }),
      aPod({ podIps: ['10.0.1.11'], phase: 'Succeeded' }),
      aPod({ podIps: ['10.0.1.12'], phase: 'Failed' }),
    ];
    expect(usesOf(aCiliumNode('n1', { podCIDRs: ['10.0.1.0/24'] }, {}, spec), pods)).toMatchObject([{ used: 3 }]);
  });
});

describe('what is malformed is named', () => {
  test.each<[string, CustomResource, string]>([
    ['a podCIDR', aCiliumNode('n1', { podCIDRs: ['ten'] }), 'CiliumNode n1: spec.ipam.podCIDRs.0: ten is no CIDR'],
    [
      'an allocated CIDR',
      aCiliumNode('n1', { pools: { allocated: [{ pool: 'default', cidrs: [7] }] } }),
      'CiliumNode n1: spec.ipam.pools.allocated.0.cidrs.0: ',
    ],
    ['a list for a map', aCiliumNode('n1', { pool: ['10.0.1.7'] }), 'CiliumNode n1: spec.ipam.pool: '],
    ['text for an object', { ...aCiliumNode('n1', {}), spec: 'x' }, 'CiliumNode n1: spec: '],
  ])('%s', (_name, resource, expected) => {
    expect(ciliumNodes([resource])).toEqual({ objects: [], malformed: [expect.stringContaining(expected)] });
  });
});

test('any ranges, against counting address by address', () => {
  const cidr = fc.record({ at: fc.integer({ min: 0, max: 15 }), length: fc.integer({ min: 28, max: 32 }) });
  fc.assert(
    fc.property(
      fc.uniqueArray(cidr, { selector: ({ at }) => at, maxLength: 8 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }),
      (ranges, hosts) => {
        const cidrs = ranges.map(({ at, length }) => `10.0.1.${16 * at}/${length}`);
        const sizes = ranges.map(({ length }) => 2 ** (32 - length));
        const inside = new Set(
          ranges.flatMap(({ at, length }) => Array.from({ length: 2 ** (32 - length) }, (_, offset) => 16 * at + offset)),
        );
        const [use] = usesOf(aCiliumNode('n1', { podCIDRs: cidrs }), podsAt(...hosts.map((host) => `10.0.1.${host}`)));
        expect(use).toMatchObject({
          capacity: sizes.reduce((sum, size) => sum + (size > 2 ? size - 2 : size), 0),
          used: hosts.filter((host) => inside.has(host)).length,
        });
      },
    ),
  );
});
