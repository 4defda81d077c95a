import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { calicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { calicoUse } from '#lib/network/calico/pool-use.ts';
import { formatIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';
import { aBlock, anObject, aPool, type Held, pods } from './blocks.ts';

const uses = (...resources: readonly CustomResource[]) => calicoUse(calicoIpamObjects(resources));
const reserve = (...reservedCIDRs: readonly string[]) => anObject('IPReservation', 'kept', { reservedCIDRs });

describe('a pool is counted as Calico counts it', () => {
  const POOL = aPool('pods', '10.244.0.0/24');
  const BLOCK = aBlock('10.244.0.0/26', 'n1', pods(10));
  test.each<[string, readonly CustomResource[], object]>([
    ['no block: the whole CIDR', [POOL], { capacity: 256n, inUse: 0, available: 256n, blocksTotal: 4n }],
    ['one block', [POOL, BLOCK], { capacity: 256n, inUse: 10, available: 246n, availableInBlocks: 54 }],
    [
      'a reserved address in use is both',
      [POOL, BLOCK, reserve('10.244.0.0/28')],
      { inUse: 10, reserved: 16n, available: 240n, availableInBlocks: 48 },
    ],
    [
      'reservations that overlap count once',
      [POOL, reserve('10.244.0.0/28', '10.244.0.0/27')],
      { reserved: 32n, available: 224n },
    ],
    ['a reservation beyond the pool counts within it', [POOL, reserve('10.0.0.0/8')], { reserved: 256n, available: 0n }],
    [
      'a block that belongs to no node',
      [POOL, aBlock('10.244.0.0/26', undefined, pods(4))],
      { inUse: 4, borrowed: 0, available: 252n, availableInBlocks: 0 },
    ],
    ['borrowed by other nodes', [POOL, aBlock('10.244.0.0/26', 'n1', [...pods(2), ...pods(3, { node: 'n2' })])], { borrowed: 3 }],
    [
      'cooling down is in use',
      [POOL, aBlock('10.244.0.0/26', 'n1', pods(3, { releasedAt: '2026-11-24T02:59:00Z' }))],
      { inUse: 3, coolingDown: 3 },
    ],
    [
      'IPv6, whose pools need more than 53 bits',
      [aPool('six', 'fd00::/48', { blockSize: 122 })],
      { capacity: 2n ** 80n, available: 2n ** 80n, blocksTotal: 2n ** 74n },
    ],
  ])('%s', (_name, resources, expected) => {
    expect(uses(...resources).pools[0]).toMatchObject(expected);
  });

  test('a block outside of every pool is orphaned', () => {
    const { pools, orphaned } = uses(POOL, aBlock('10.9.0.0/26', 'n1', pods(1)));
    expect([pools[0]?.inUse, orphaned.map(({ name }) => name)]).toEqual([0, ['10-9-0-0-26']]);
  });
});

describe('what is malformed is named', () => {
  const good = aBlock('10.244.0.0/30', 'n1', pods(1));
  const withSpec = (over: object) => ({ ...good, spec: { ...(good.spec as object), ...over } });
  test.each<[string, CustomResource, string]>([
    ['no spec', { ...good, spec: null }, 'IPAMBlock 10-244-0-0-30: spec.cidr: '],
    ['no CIDR', withSpec({ cidr: '10.244.0.0' }), 'IPAMBlock 10-244-0-0-30: spec.cidr: 10.244.0.0 is no CIDR'],
    ['fewer allocations than addresses', withSpec({ allocations: [0] }), 'IPAMBlock 10-244-0-0-30: spec.unallocated: '],
    ['a free address that is allocated', withSpec({ unallocated: [0, 1, 2] }), 'IPAMBlock 10-244-0-0-30: spec.unallocated: '],
    ['an ordinal twice', withSpec({ unallocated: [1, 2, 3, 3] }), 'IPAMBlock 10-244-0-0-30: spec.unallocated: '],
    ['an ordinal beyond the block', withSpec({ unallocated: [1, 2, 3, 9] }), 'IPAMBlock 10-244-0-0-30: spec.unallocated: '],
    ['a pool without a CIDR', aPool('pods', 'everything'), 'IPPool pods: spec.cidr: everything is no CIDR'],
    ['a pool with a mode of its own', aPool('pods', '10.0.0.0/8', { ipipMode: 'Sometimes' }), 'IPPool pods: spec.ipipMode: '],
    ['a reservation without a CIDR', reserve('x'), 'IPReservation kept: spec.reservedCIDRs.0: x is no CIDR'],
    [
      'a configuration of text',
      anObject('IPAMConfig', 'default', { strictAffinity: 'yes' }),
      'IPAMConfig default: spec.strictAffinity: ',
    ],
  ])('%s', (_name, resource, expected) => {
    const { pools, blocks, malformed } = calicoIpamObjects([resource]);
    expect([pools, blocks]).toEqual([[], []]);
    expect(Object.values(malformed).flat()).toEqual([expect.stringContaining(expected)]);
  });

  test('both shapes of the configuration are read', () => {
    const spec = { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 4 };
    for (const kind of ['IPAMConfig', 'IPAMConfiguration'])
      expect(calicoIpamObjects([anObject(kind, 'default', spec)]).config).toEqual(spec);
  });
});

test('any pool, against counting address by address', () => {
  const slot = fc.record({
    block: fc.integer({ min: 0, max: 15 }),
    held: fc.integer({ min: 0, max: 16 }),
    node: fc.constantFrom('n1', 'n2', undefined),
  });
  const kept = fc.array(fc.record({ at: fc.integer({ min: 0, max: 300 }), length: fc.integer({ min: 24, max: 32 }) }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.uniqueArray(slot, { selector: ({ block }) => block, maxLength: 16 }), kept, (slots, reservations) => {
      const base = parseIpv4Block('10.244.0.0/24')?.first ?? 0;
      const cidrs = reservations.map(({ at, length }) => `${formatIpv4(base + at)}/${length}`);
      const blocks = slots.map(({ block, held, node }) =>
        aBlock(`${formatIpv4(base + 16 * block)}/28`, node, pods(held) as Held[]),
      );
      const [use] = uses(aPool('pods', '10.244.0.0/24', { blockSize: 28 }), ...blocks, reserve(...cidrs)).pools;

      const reserved = new Set<number>();
      for (const cidr of cidrs) {
        const { first, size } = parseIpv4Block(cidr) ?? { first: 0, size: 0 };
        for (let address = first; address < first + size; address++)
          if (address >= base && address < base + 256) reserved.add(address);
      }
      const held = new Set(slots.flatMap((one) => Array.from({ length: one.held }, (_, at) => base + 16 * one.block + at)));
      const affine = new Set(slots.filter(({ node }) => node !== undefined).map(({ block }) => block));
      const free = Array.from({ length: 256 }, (_, at) => base + at).filter(
        (address) => !held.has(address) && !reserved.has(address),
      );
      expect(use).toMatchObject({
        capacity: 256n,
        inUse: held.size,
        reserved: BigInt(reserved.size),
        available: BigInt(free.length),
        availableInBlocks: free.filter((address) => affine.has(Math.floor((address - base) / 16))).length,
      });
    }),
  );
});
