import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { idleAddresses } from '#lib/network/idle-addresses.ts';
import { formatIpv4 } from '#lib/network/ipv4.ts';
import { nodeCapacity } from '#lib/network/node-capacity.ts';
import type { PodChurn } from '#lib/network/pod-churn.ts';
import { countPods } from '#lib/network/pod-counts.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import { poolShape, warmAdvice } from '#lib/network/warm-advice.ts';
import { settledPool } from '#lib/network/warm-pool.ts';
import { aNode, aNodeEni, anInstanceType, aPod } from '#test/scenarios/slices.ts';

const FIRST = 0x0a_00_00_00;
const type = anInstanceType({ maximumNetworkInterfaces: 4, ipv4AddressesPerInterface: 15 });

/** A node whose interfaces hold so many single addresses, or prefixes, and whose pods have some of them. */
function aPoolNode(at: number, prefix: boolean, interfaces: readonly { held: number; pods: number }[]): EniNode {
  const settings = { ...MANIFEST_SETTINGS, prefixDelegation: prefix };
  const base = FIRST + 65536 * (at + 1);
  const pods = interfaces.flatMap(({ held, pods: count }, device) =>
    Array.from({ length: Math.min(count, held) }, (_, index) => {
      // A pod in every prefix in turn, so that whole prefixes are idle only where there are fewer pods.
      const offset = prefix ? 16 * (1 + index) : 1 + index;
      return aPod({ name: `web-${device}-${index}`, podIps: [formatIpv4(base + 4096 * device + offset)] });
    }),
  );
  const enis = interfaces.map(({ held }, device) => {
    const start = base + 4096 * device;
    const list = Array.from({ length: held }, (_, index) => index + 1);
    return aNodeEni(`i-${at}`, device, {
      subnetId: `subnet-${device % 2}`,
      privateIpAddresses: [formatIpv4(start), ...(prefix ? [] : list.map((offset) => formatIpv4(start + offset)))],
      ipv4Prefixes: prefix ? list.map((block) => `${formatIpv4(start + 16 * block)}/28`) : [],
    });
  });
  const node = aNode({ name: `n${at}` });
  return {
    node,
    type,
    host: { name: node.name, kind: 'linux', node, interfaces: enis, pods },
    capacity: nodeCapacity(type, settings, enis),
    pods: countPods(pods),
  };
}

const scene = fc
  .record({
    prefix: fc.boolean(),
    nodes: fc.array(
      fc.array(fc.record({ held: fc.integer({ min: 0, max: 14 }), pods: fc.integer({ min: 0, max: 14 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      { maxLength: 6 },
    ),
    burst: fc.integer({ min: 0, max: 40 }),
    typicalPods: fc.double({ min: 0, max: 40, noNaN: true }),
    leastWarm: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ nodes, ...rest }) => ({ ...rest, nodes: nodes.map((interfaces, at) => aPoolNode(at, rest.prefix, interfaces)) }));

const SAFE = { leastWarm: 2, harmful: false };
const churnOf = (burst: number, typicalPods: number): PodChurn => ({
  basis: 'history',
  hours: 48,
  burst,
  typicalPods,
  startsPerHour: 60,
});

test('no node is left with fewer warm addresses than a burst takes, or than it has by the present targets', () => {
  fc.assert(
    fc.property(scene, ({ nodes, burst, typicalPods, leastWarm }) => {
      const { targets } = warmAdvice(nodes, MANIFEST_SETTINGS, churnOf(burst, typicalPods), { leastWarm, harmful: false });
      for (const node of nodes) {
        const free = (of: typeof targets) => settledPool(node.pods.inUse, poolShape(node), of).addresses - node.pods.inUse;
        expect(free(targets)).toBeGreaterThanOrEqual(Math.min(burst, free(MANIFEST_SETTINGS)));
      }
    }),
  );
});

test('what is given back no pod has, and each subnet gets what its interfaces give', () => {
  fc.assert(
    fc.property(scene, ({ nodes, burst, typicalPods, leastWarm }) => {
      const advice = warmAdvice(nodes, MANIFEST_SETTINGS, churnOf(burst, typicalPods), { leastWarm, harmful: false });
      const idle = new Map<string, number>();
      for (const { subnetId, singles, prefixes } of nodes.flatMap(idleAddresses)) {
        idle.set(subnetId, (idle.get(subnetId) ?? 0) + singles + 16 * prefixes);
      }
      for (const [subnetId, addresses] of advice.reclaimedBySubnet) {
        expect(addresses).toBeLessThanOrEqual(idle.get(subnetId) ?? 0);
      }
      const back = [...advice.reclaimedBySubnet.values()].reduce((sum, addresses) => sum + addresses, 0);
      expect(advice.reclaimed).toBeLessThanOrEqual(back);
      if (advice.reclaimed === 0) expect(advice.targets).toBe(MANIFEST_SETTINGS);
    }),
  );
});

test.each<[string, boolean, { held: number; pods: number }[], number, number, number]>([
  ['single addresses above the targets', false, [{ held: 14, pods: 3 }], 2, 3, 9],
  ['down to the minimum', false, [{ held: 14, pods: 1 }], 2, 6, 8],
  ['nothing where a burst needs all of it', false, [{ held: 14, pods: 3 }], 11, 3, 0],
  ['nothing of a node without pods below the minimum', false, [{ held: 5, pods: 0 }], 2, 8, 0],
  ['whole idle prefixes', true, [{ held: 3, pods: 1 }], 2, 1, 32],
  ['no prefix in which a pod is', true, [{ held: 3, pods: 3 }], 2, 1, 0],
])('a node gives back %s', (_, prefix, interfaces, burst, typical, reclaimed) => {
  const settings = { ...MANIFEST_SETTINGS, prefixDelegation: prefix };
  expect(warmAdvice([aPoolNode(0, prefix, interfaces)], settings, churnOf(burst, typical), SAFE).reclaimed).toBe(reclaimed);
});

test.each<[string, boolean, object, number | null]>([
  ['an address at a time', false, { warmIpTarget: 2 }, 120],
  ['an interface at a time', false, {}, 9],
  ['a prefix at a time', true, {}, 8],
])('EC2 is called for every start and end, %s', (_, prefix, targets, now) => {
  const nodes = [aPoolNode(0, prefix, [{ held: 1, pods: 1 }])];
  expect(warmAdvice(nodes, { ...MANIFEST_SETTINGS, ...targets }, churnOf(30, 30), SAFE).callsPerHour?.now).toBe(now);
  const unknown = { ...churnOf(30, 30), startsPerHour: null };
  expect(warmAdvice(nodes, { ...MANIFEST_SETTINGS, ...targets }, unknown, SAFE).callsPerHour).toBeNull();
});

test('targets that do harm are replaced though others hold no fewer', () => {
  const nodes = [aPoolNode(0, false, [{ held: 5, pods: 5 }])];
  const present = { ...MANIFEST_SETTINGS, minimumIpTarget: 5 };
  const advice = warmAdvice(nodes, present, churnOf(3, 5), { leastWarm: 2, harmful: true });
  expect(advice).toMatchObject({ reclaimed: 0, targets: { warmIpTarget: 3, minimumIpTarget: 5 } });
  expect(warmAdvice(nodes, present, churnOf(3, 5), SAFE).targets).toBe(present);
});
