import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PoolShape, settledPool, type WarmTargets } from '#lib/network/warm-pool.ts';
import { SubnetSpace } from '#lib/sandbox/allocate.ts';
import { type Carrier, growPool, type Pool, podAddresses } from '#lib/sandbox/builder/ipamd.ts';
import { anInstanceType, aSubnet } from '#test/scenarios/slices.ts';

/** m5.large: three interfaces of nine addresses. */
const SMALL: PoolShape = { mode: 'secondary-ip', slots: 9, interfaces: 3 };
const PREFIXES: PoolShape = { ...SMALL, mode: 'prefix' };
const MANIFEST: WarmTargets = { warmEniTarget: 1, warmPrefixTarget: 1 };

// The figures of amazon-vpc-cni-k8s docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md among them.
test.each<[string, number, PoolShape, Partial<WarmTargets>, number, number]>([
  ['a whole interface for an idle node', 0, SMALL, {}, 9, 1],
  ['another with the first pod', 1, SMALL, {}, 18, 2],
  ['and no more than the type has', 20, SMALL, {}, 27, 3],
  ['no spare interface, but never nothing', 0, SMALL, { warmEniTarget: 0 }, 9, 1],
  ['what the warm target says', 0, SMALL, { warmIpTarget: 5 }, 5, 1],
  ['beside the pods', 5, SMALL, { warmIpTarget: 5 }, 10, 2],
  ['the minimum, while it is more', 2, SMALL, { warmIpTarget: 5, minimumIpTarget: 10 }, 10, 2],
  ['the warm target, once that is more', 7, SMALL, { warmIpTarget: 5, minimumIpTarget: 10 }, 12, 2],
  ['never more than a minimum that stands alone', 20, SMALL, { minimumIpTarget: 10 }, 10, 2],
  ['a whole prefix', 0, PREFIXES, {}, 16, 1],
  ['one beside the first pod', 1, PREFIXES, {}, 32, 1],
  ['just enough prefixes for an address target', 1, PREFIXES, { warmIpTarget: 5 }, 16, 1],
  ['one more where that spills over', 12, PREFIXES, { warmIpTarget: 5 }, 32, 1],
  ['a minimum in whole prefixes', 0, PREFIXES, { warmIpTarget: 1, minimumIpTarget: 17 }, 32, 1],
  ['nothing where no interface can carry pods', 3, { ...SMALL, interfaces: 0 }, {}, 0, 0],
])('ipamd holds %s', (_, pods, shape, targets, addresses, interfaces) =>
  expect(settledPool(pods, shape, { ...MANIFEST, ...targets })).toEqual({ addresses, interfaces }),
);

const optional = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
const scene = fc.record({
  mode: fc.constantFrom('secondary-ip' as const, 'prefix' as const),
  slots: fc.integer({ min: 1, max: 14 }),
  interfaces: fc.integer({ min: 1, max: 8 }),
  pods: fc.integer({ min: 0, max: 150 }),
  warmEniTarget: fc.integer({ min: 0, max: 3 }),
  warmPrefixTarget: fc.integer({ min: 1, max: 3 }),
  warmIpTarget: optional(40),
  minimumIpTarget: optional(60),
});

test('the pool is the one that an address-by-address ipamd grows to', () => {
  fc.assert(
    fc.property(scene, ({ mode, slots, interfaces, pods, warmIpTarget, minimumIpTarget, ...whole }) => {
      const targets: WarmTargets = {
        ...whole,
        ...(warmIpTarget !== undefined && { warmIpTarget }),
        ...(minimumIpTarget !== undefined && { minimumIpTarget }),
      };
      const draft = { subnet: aSubnet(), space: new SubnetSpace('10.0.0.0/16', []) };
      const attach = (): Carrier => ({ draft, addresses: [draft.space.takeAddress()], prefixes: [] });
      const pool: Pool = {
        type: anInstanceType({ maximumNetworkInterfaces: interfaces, ipv4AddressesPerInterface: slots + 1 }),
        settings: { ...targets, prefixDelegation: mode === 'prefix', subnetDiscovery: true },
        pods,
        attached: 1,
        carriers: [attach()],
        drafts: [draft],
      };
      growPool(pool, attach);
      const settled = settledPool(pods, { mode, slots, interfaces }, targets);
      expect(settled.addresses).toBe(podAddresses(pool).length);
      expect(Math.max(1, settled.interfaces)).toBe(pool.carriers.length);
    }),
  );
});
