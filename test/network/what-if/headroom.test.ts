import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { fill } from '#lib/network/what-if/fill.ts';
import { type Headroom, headroom, type LoadedNode } from '#lib/network/what-if/headroom.ts';
import type { PlannedNode } from '#lib/network/what-if/node.ts';
import type { SubnetSupply } from '#lib/network/what-if/supply.ts';
import { aPlannedNode, aSupply } from '#test/network/planned-nodes.ts';
import { anInstanceType } from '#test/scenarios/slices.ts';

const loaded = (pods: number, over: Partial<PlannedNode> = {}): LoadedNode => ({
  node: aPlannedNode(over),
  type: anInstanceType(),
  pods,
});
const PREFIXES: VpcCniSettings = { ...MANIFEST_SETTINGS, prefixDelegation: true };
const supplies = (...given: readonly Partial<SubnetSupply>[]) =>
  new Map(given.map(aSupply).map((supply) => [supply.subnetId, supply]));
const zone = (found: readonly Headroom[]) => found.find(({ subnetId }) => subnetId === undefined);

describe('what new nodes want of their zone', () => {
  test.each<[string, readonly LoadedNode[], VpcCniSettings, Partial<SubnetSupply>, Partial<Headroom>]>([
    [
      'whole interfaces, the warm one too',
      [loaded(4), loaded(4)],
      MANIFEST_SETTINGS,
      { loose: 50 },
      { unit: 'addresses', needed: 40, free: 50 },
    ],
    [
      'addresses of whole free blocks are addresses',
      [loaded(0)],
      MANIFEST_SETTINGS,
      { loose: 2, blocks: 1 },
      { needed: 10, free: 18 },
    ],
    ['prefixes', [loaded(17)], PREFIXES, { loose: 1, blocks: 5 }, { unit: 'prefixes', needed: 3, free: 5 }],
    [
      'and the block that a single address breaks',
      [loaded(17)],
      PREFIXES,
      { blocks: 5 },
      { unit: 'prefixes', needed: 4, free: 5 },
    ],
    ['reserved blocks carry prefixes', [loaded(17)], PREFIXES, { loose: 1, blocks: 1, reserved: 9 }, { needed: 3, free: 4 }],
    ['and no single address', [loaded(17)], PREFIXES, { reserved: 9 }, { needed: 4, free: 3 }],
    [
      'blocks outside of a reservation are none for prefixes',
      [loaded(17)],
      PREFIXES,
      { blocks: 9, delegatesBlocks: false },
      { needed: 4, free: 1 },
    ],
  ])('%s', (_, nodes, settings, supply, expected) =>
    expect(zone(headroom(nodes, settings, supplies(supply)))).toMatchObject(expected),
  );

  test('is what all subnets of the zone have that pods draw from', () => {
    const node = loaded(4, { draws: ['subnet-a', 'pods-a'] });
    const found = headroom(
      [node],
      MANIFEST_SETTINGS,
      supplies({ loose: 5 }, { subnetId: 'pods-a', loose: 70 }, { subnetId: 'far', loose: 99 }),
    );
    expect(zone(found)).toMatchObject({ needed: 20, free: 75 });
  });
  test("and of a node's own subnet the address that it starts with", () => {
    const node = loaded(4, { draws: ['pods-a'], interfaces: [] });
    const found = headroom([node], MANIFEST_SETTINGS, supplies({ loose: 0 }, { subnetId: 'pods-a', loose: 70 }));
    expect(found).toMatchObject([
      { subnetId: 'subnet-a', needed: 1, free: 0 },
      { needed: 21, free: 70 },
    ]);
  });
  test('the scarcest zone comes first', () => {
    const b = { availabilityZone: 'eu-west-1b', subnetId: 'subnet-b', draws: ['subnet-b'] };
    const found = headroom(
      [loaded(4), loaded(4, b)],
      MANIFEST_SETTINGS,
      supplies({ loose: 50 }, { subnetId: 'subnet-b', loose: 20 }),
    );
    expect(found[0]).toMatchObject({ availabilityZone: 'eu-west-1b' });
  });
});

test('where there is headroom, every node starts and every pod has an address', () => {
  const worlds = fc.record({
    pods: fc.array(fc.integer({ min: 0, max: 27 }), { minLength: 1, maxLength: 6 }),
    loose: fc.nat(120),
    blocks: fc.nat(12),
    reserved: fc.nat(3),
    delegatesBlocks: fc.boolean(),
    prefixDelegation: fc.boolean(),
    warm: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(worlds, ({ pods, prefixDelegation, warm, ...supply }) => {
      const settings = { ...MANIFEST_SETTINGS, prefixDelegation, ...(warm !== undefined && { warmIpTarget: warm }) };
      const nodes = pods.map((count, index) =>
        loaded(count, { name: `n${index}`, podLimit: count, mode: prefixDelegation ? 'prefix' : 'secondary-ip' }),
      );
      const carried = headroom(nodes, settings, supplies(supply)).every(({ needed, free }) => needed <= free);
      fc.pre(carried);
      const filled = fill(
        nodes.map(({ node }) => node),
        supplies(supply),
        settings,
        0,
      );
      expect(filled.nodes.every(({ started }) => started)).toBe(true);
      expect(filled.pods).toBe(pods.reduce((sum, count) => sum + count, 0));
    }),
    { numRuns: 1000 },
  );
});
