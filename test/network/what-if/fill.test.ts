import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fill } from '#lib/network/what-if/fill.ts';
import type { PlannedNode } from '#lib/network/what-if/node.ts';
import type { PoolSettings } from '#lib/network/what-if/pool.ts';
import { type SubnetSupply, singlesLeft } from '#lib/network/what-if/supply.ts';
import { SubnetSpace } from '#lib/sandbox/allocate.ts';
import { addressesOf } from '#lib/sandbox/block.ts';
import { type Carrier, growPool, type IpamdSettings, type Pool } from '#lib/sandbox/builder/ipamd.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';
import { aPlannedNode, aSupply, ONE_AT_A_TIME } from '#test/network/planned-nodes.ts';
import { anInstanceType, aSubnet } from '#test/scenarios/slices.ts';

const PREFIXES = { mode: 'prefix', podLimit: 110 } as const;
const WHOLE_ENI: PoolSettings = { warmEniTarget: 1, warmPrefixTarget: 1, subnetDiscovery: true, customNetworking: false };

const filled = (nodes: readonly PlannedNode[], supply: Partial<SubnetSupply>, settings: PoolSettings = WHOLE_ENI, needed = 0) =>
  fill(nodes, new Map([['subnet-a', aSupply(supply)]]), settings, needed);

describe('one node', () => {
  test.each<[string, Partial<PlannedNode>, Partial<SubnetSupply>, PoolSettings, number, string | undefined]>([
    ['is full at max-pods', {}, { loose: 100 }, WHOLE_ENI, 27, 'max-pods'],
    ['is full when its interfaces are', { podLimit: 50 }, { loose: 100 }, WHOLE_ENI, 27, 'node-addresses'],
    [
      'holds no more than a MINIMUM_IP_TARGET that stands alone',
      { podLimit: 50 },
      { loose: 100 },
      { ...WHOLE_ENI, minimumIpTarget: 4 },
      4,
      'minimum-ip-target',
    ],
    [
      'grows past a MINIMUM_IP_TARGET beside a WARM_IP_TARGET',
      { podLimit: 50 },
      { loose: 100 },
      { ...WHOLE_ENI, minimumIpTarget: 4, warmIpTarget: 1 },
      27,
      'node-addresses',
    ],
    ['is full when its subnet is: 1 address of its own, 9 for pods', {}, { loose: 10 }, WHOLE_ENI, 9, 'subnet-addresses'],
    ['spends an address on every further interface', {}, { loose: 12 }, WHOLE_ENI, 10, 'subnet-addresses'],
    ['has nothing of an interface whose own address was the last', {}, { loose: 11 }, WHOLE_ENI, 9, 'subnet-addresses'],
    ['does not start without an address', {}, {}, WHOLE_ENI, 0, undefined],
    ['starts and has no pod with a single address', {}, { loose: 1 }, WHOLE_ENI, 0, 'subnet-addresses'],
    ['needs a trunk, too', { startAddresses: 2 }, { loose: 1 }, WHOLE_ENI, 0, undefined],
    ['takes prefixes up to max-pods', PREFIXES, { loose: 5, blocks: 9 }, WHOLE_ENI, 110, 'max-pods'],
    [
      'is short of blocks however many single addresses there are',
      PREFIXES,
      { loose: 99, blocks: 2 },
      WHOLE_ENI,
      32,
      'subnet-prefixes',
    ],
    ['breaks a block where no single address lies loose', PREFIXES, { blocks: 3 }, WHOLE_ENI, 32, 'subnet-prefixes'],
    ['takes prefixes of a reservation', PREFIXES, { loose: 5, reserved: 1 }, WHOLE_ENI, 16, 'subnet-prefixes'],
    [
      'takes none from outside of it where EC2 gives none',
      PREFIXES,
      { loose: 5, blocks: 9, delegatesBlocks: false },
      WHOLE_ENI,
      0,
      'subnet-prefixes',
    ],
    [
      'has no end of addresses under IPv6 but one of max-pods',
      { mode: 'ipv6', podLimit: 110 },
      { loose: 1 },
      WHOLE_ENI,
      110,
      'max-pods',
    ],
    ['that is cordoned takes no more', { cordoned: true, pods: 4, startAddresses: 0 }, { loose: 50 }, WHOLE_ENI, 4, undefined],
    [
      'goes on with what it holds',
      { startAddresses: 0, pods: 2, interfaces: [{ subnetId: 'subnet-a', singles: 5, prefixes: 0 }] },
      {},
      WHOLE_ENI,
      5,
      'subnet-addresses',
    ],
    [
      'holds a warm target back from nobody in the end',
      {},
      { loose: 6 },
      { ...ONE_AT_A_TIME, minimumIpTarget: 5 },
      5,
      'subnet-addresses',
    ],
  ])('%s', (_, node, supply, settings, pods, limit) => {
    const answer = filled([aPlannedNode(node)], supply, settings);
    expect({ pods: answer.pods, limit: answer.nodes[0]?.limit?.kind }).toEqual({ pods, limit });
  });
});

describe('several nodes', () => {
  test('warm pools of full nodes are lost to the others', () => {
    const nodes = [aPlannedNode({ name: 'small', podLimit: 1 }), aPlannedNode({ name: 'large' })];
    expect(filled(nodes, { loose: 21 }, WHOLE_ENI).pods).toBe(1 + 9);
    expect(filled(nodes, { loose: 21 }, ONE_AT_A_TIME).pods).toBe(1 + 16);
  });
  test('the first that the emptiest node runs into comes first, not what a crowded node has run into already', () => {
    const crowded = aPlannedNode({
      startAddresses: 0,
      pods: 27,
      interfaces: [{ subnetId: 'subnet-a', singles: 27, prefixes: 0 }],
      attachable: 0,
    });
    const { firstRefusal } = filled([crowded, aPlannedNode({ name: 'empty' })], { loose: 10 });
    expect(firstRefusal).toMatchObject({ node: { name: 'empty' }, limit: { kind: 'subnet-addresses' }, podsByThen: 27 + 9 });
  });
  test('what is left once the needed pods run is told', () => {
    const { suppliesWhenNeeded } = filled([aPlannedNode()], { loose: 40 }, ONE_AT_A_TIME, 4);
    expect(suppliesWhenNeeded.get('subnet-a')?.loose).toBe(40 - 1 - 4 - 1);
  });
  test('a tagged subnet of the zone carries further interfaces, the freest first', () => {
    const supplies = new Map([
      ['subnet-a', aSupply({ loose: 1 })],
      ['pods-a', aSupply({ subnetId: 'pods-a', loose: 100 })],
    ]);
    const node = aPlannedNode({ draws: ['subnet-a', 'pods-a'] });
    expect(fill([node], supplies, WHOLE_ENI, 0).pods).toBe(18);
    expect(fill([node], supplies, { ...WHOLE_ENI, subnetDiscovery: false }, 0).pods).toBe(0);
  });
});

interface SmallWorld {
  readonly free: readonly number[];
  readonly blocks: number;
  readonly nodes: readonly { readonly enis: number; readonly ips: number; readonly limit: number }[];
  readonly ipamd: IpamdSettings;
}

const settings = fc.record({
  prefixDelegation: fc.boolean(),
  subnetDiscovery: fc.boolean(),
  warmEniTarget: fc.integer({ min: 0, max: 2 }),
  warmPrefixTarget: fc.integer({ min: 1, max: 2 }),
  targets: fc.option(
    fc.record({ warmIpTarget: fc.integer({ min: 1, max: 9 }), minimumIpTarget: fc.integer({ min: 1, max: 20 }) }),
    {
      nil: undefined,
    },
  ),
});
const world: fc.Arbitrary<SmallWorld> = fc.record({
  // Offsets in the first two blocks that are free; all else there is taken.
  free: fc.uniqueArray(fc.integer({ min: 4, max: 31 })),
  blocks: fc.integer({ min: 0, max: 13 }),
  nodes: fc.array(
    fc.record({
      enis: fc.integer({ min: 1, max: 4 }),
      ips: fc.integer({ min: 2, max: 8 }),
      limit: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  ipamd: settings.map(({ targets, ...rest }) => ({ ...rest, ...targets })),
});

const plannedNodes = ({ nodes, ipamd }: SmallWorld) =>
  nodes.map(({ enis, ips, limit }, index) =>
    aPlannedNode({
      name: `n${index}`,
      mode: ipamd.prefixDelegation ? 'prefix' : 'secondary-ip',
      slots: ips - 1,
      attachable: enis - 1,
      podLimit: limit,
    }),
  );
const supplyOf = ({ free, blocks }: SmallWorld): SubnetSupply => {
  // A first block that is wholly free is none: AWS keeps four of its addresses. The second may be.
  const second = free.filter((offset) => offset >= 16).length === 16;
  return aSupply({ loose: free.length - (second ? 16 : 0), blocks: blocks + (second ? 1 : 0) });
};
const podsIn = (small: SmallWorld, over: Partial<SubnetSupply> = {}) =>
  fill(
    plannedNodes(small),
    new Map([['subnet-a', { ...supplyOf(small), ...over }]]),
    { ...small.ipamd, customNetworking: false },
    0,
  ).pods;

/** The slow and obvious way: every address, every pod, by the sandbox's ipamd and EC2. */
function simulate({ free, blocks, nodes, ipamd }: SmallWorld): number {
  const space = new SubnetSpace('10.0.0.0/24');
  const all = addressesOf('10.0.0.0/24');
  const kept = new Set([...free, ...Array.from({ length: 16 * blocks }, (_, offset) => 32 + offset)]);
  for (const [offset, address] of all.entries()) if (offset >= 4 && offset < 255 && !kept.has(offset)) space.takeThis(address);
  const draft: SubnetDraft = { subnet: aSubnet(), space };
  const interfaceIn = (): Carrier => ({ draft, addresses: [space.takeAddress()], prefixes: [] });
  const pools = nodes.flatMap(({ enis, ips, limit }) => {
    if (space.assignable === 0) return [];
    const type = anInstanceType({ maximumNetworkInterfaces: enis, ipv4AddressesPerInterface: ips });
    const pool = { type, settings: ipamd, pods: 0, attached: 1, carriers: [interfaceIn()], drafts: [draft] };
    growPool(pool, interfaceIn);
    return [{ pool, limit }];
  });
  for (let level = 0; level < 60; level++)
    for (const { pool, limit } of pools) if (pool.pods === level && level < limit) addPod(pool, interfaceIn);
  return pools.reduce((sum, { pool }) => sum + pool.pods, 0);
}

function addPod(pool: Pool & { pods: number }, attach: () => Carrier): void {
  const held = () => pool.carriers.reduce((sum, { addresses, prefixes }) => sum + addresses.length - 1 + 16 * prefixes.length, 0);
  if (held() <= pool.pods) growPool(pool, attach);
  if (held() <= pool.pods) return;
  pool.pods++;
  growPool(pool, attach);
}

describe('on small worlds', () => {
  test('as many pods fit as the simulation of ipamd and EC2 gives addresses, address by address', () => {
    fc.assert(
      fc.property(world, (small) => {
        expect(podsIn(small)).toBe(simulate(small));
      }),
      { numRuns: 1000 },
    );
  });
  test('a further free address never fits fewer pods, nor does a further block', () => {
    fc.assert(
      fc.property(world, (small) => {
        const { loose, blocks } = supplyOf(small);
        expect(podsIn(small, { loose: loose + 1 })).toBeGreaterThanOrEqual(podsIn(small));
        expect(podsIn(small, { blocks: blocks + 1 })).toBeGreaterThanOrEqual(podsIn(small));
        // One address that leaves makes a block whole.
        if (loose >= 15) expect(podsIn(small, { loose: loose - 15, blocks: blocks + 1 })).toBeGreaterThanOrEqual(podsIn(small));
      }),
      { numRuns: 1000 },
    );
  });
  test('no address is given twice: what is held and what is left are what there was', () => {
    fc.assert(
      fc.property(world, (small) => {
        const before = supplyOf(small);
        const answer = fill(
          plannedNodes(small),
          new Map([['subnet-a', before]]),
          { ...small.ipamd, customNetworking: false },
          1e9,
        );
        const left = answer.suppliesWhenNeeded.get('subnet-a') ?? before;
        const total = (supply: SubnetSupply) => supply.loose + 16 * supply.blocks;
        const started = answer.nodes.filter((node) => node.started);
        expect(total(left)).toBeGreaterThanOrEqual(0);
        expect(total(before) - total(left)).toBeGreaterThanOrEqual(answer.pods + started.length);
        expect(left.blocks).toBeLessThanOrEqual(before.blocks);
      }),
    );
  });
  test('one more node takes from the subnet and never gives to it', () => {
    fc.assert(
      fc.property(world, (small) => {
        const left = (nodes: readonly PlannedNode[]): SubnetSupply => {
          const supplies = new Map([['subnet-a', supplyOf(small)]]);
          return (
            fill(nodes, supplies, { ...small.ipamd, customNetworking: false }, 0).suppliesWhenNeeded.get('subnet-a') ?? aSupply()
          );
        };
        const nodes = plannedNodes(small);
        const [fewer, more] = [left(nodes.slice(1)), left(nodes)];
        expect(more.blocks).toBeLessThanOrEqual(fewer.blocks);
        // Under prefix delegation its own address may break the last block, which leaves single addresses that nobody can use.
        if (!small.ipamd.prefixDelegation) expect(singlesLeft(more)).toBeLessThanOrEqual(singlesLeft(fewer));
      }),
      { numRuns: 1000 },
    );
  });
});
