import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { defaultCardInterfaces, ipMode, nodeCapacity } from '#lib/network/node-capacity.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import { aNodeEni, anInstanceType } from '#test/scenarios/slices.ts';

const PD = { ...MANIFEST_SETTINGS, prefixDelegation: true };
const CUSTOM = { ...MANIFEST_SETTINGS, customNetworking: true };
const primary = aNodeEni('i-1');
const trunk = aNodeEni('i-1', 2, { interfaceType: 'trunk', description: 'aws-k8s-trunk-eni' });
const unmanaged = aNodeEni('i-1', 2, { tags: { 'node.k8s.amazonaws.com/no_manage': 'true' } });
const addresses = (count: number) => Array.from({ length: count }, (_, at) => `10.0.0.${10 + at}`);
const twoCards = anInstanceType({
  instanceType: 'p4d.24xlarge',
  maximumNetworkInterfaces: 60,
  ipv4AddressesPerInterface: 50,
  networkCards: [0, 1, 2, 3].map((networkCardIndex) => ({ networkCardIndex, maximumNetworkInterfaces: 15 })),
});

test.each([
  ['secondary addresses on m5.large', anInstanceType(), MANIFEST_SETTINGS, [primary], 27],
  ['prefixes on m5.large', anInstanceType(), PD, [primary], 432],
  ['custom networking', anInstanceType(), CUSTOM, [primary], 18],
  ['custom networking before the primary is seen', anInstanceType(), CUSTOM, [], 18],
  ['custom networking with prefixes', anInstanceType(), { ...PD, customNetworking: true }, [primary], 288],
  ['a trunk', anInstanceType(), MANIFEST_SETTINGS, [primary, trunk], 18],
  ['a trunk and custom networking', anInstanceType(), CUSTOM, [primary, trunk], 9],
  ['a trunk that is still to come', anInstanceType(), { ...MANIFEST_SETTINGS, podEni: true }, [primary], 18],
  ['a trunk that has come', anInstanceType(), { ...MANIFEST_SETTINGS, podEni: true }, [primary, trunk], 18],
  [
    'a trunk that this type cannot have',
    anInstanceType({ instanceType: 't3.large' }),
    { ...MANIFEST_SETTINGS, podEni: true },
    [primary],
    27,
  ],
  [
    'a trunk for which no slot is left',
    anInstanceType(),
    { ...MANIFEST_SETTINGS, podEni: true },
    [0, 1, 2].map((device) => aNodeEni('i-1', device)),
    27,
  ],
  ['an interface left alone', anInstanceType(), MANIFEST_SETTINGS, [primary, unmanaged], 18],
  ['MAX_ENI below the type', anInstanceType(), { ...MANIFEST_SETTINGS, maxEni: 2 }, [primary], 18],
  ['MAX_ENI above the type', anInstanceType(), { ...MANIFEST_SETTINGS, maxEni: 9 }, [primary], 27],
  ['MAX_ENI of 1 under custom networking', anInstanceType(), { ...CUSTOM, maxEni: 1 }, [primary], 0],
  ['the default card of several', twoCards, MANIFEST_SETTINGS, [primary], 735],
  [
    'prefixes kept after delegation was turned off',
    anInstanceType(),
    MANIFEST_SETTINGS,
    [aNodeEni('i-1', 0, { ipv4Prefixes: ['10.0.0.32/28', '10.0.0.48/28'] })],
    32 + 7 + 18,
  ],
  [
    'single addresses kept after delegation was turned on',
    anInstanceType(),
    PD,
    [aNodeEni('i-1', 0, { privateIpAddresses: addresses(10) })],
    9 + 288,
  ],
] as const)('%s', (_, type, settings, interfaces, capacity) =>
  expect(nodeCapacity(type, settings, interfaces).ipCapacity).toBe(capacity),
);

test('IPv6 is bounded by no address count', () => {
  const eni = aNodeEni('i-1', 0, { ipv6Prefixes: ['2001:db8::/80'] });
  expect(nodeCapacity(anInstanceType(), { ...MANIFEST_SETTINGS, ipv6: true }, [eni])).toMatchObject({
    mode: 'ipv6',
    ipCapacity: null,
    ipAssigned: 1,
  });
});

test.each([
  ['Nitro', { hypervisor: 'nitro', bareMetal: false }, 'v1.20.4', 'prefix'],
  ['Nitro at the first version that knows it', { hypervisor: 'nitro', bareMetal: false }, 'v1.9.0', 'prefix'],
  ['Nitro before that', { hypervisor: 'nitro', bareMetal: false }, 'v1.8.0', 'secondary-ip'],
  ['bare metal', { bareMetal: true }, 'v1.11.0', 'prefix'],
  ['bare metal before 1.11', { bareMetal: true }, 'v1.10.4', 'secondary-ip'],
  ['Xen', { hypervisor: 'xen', bareMetal: false }, 'v1.20.4', 'secondary-ip'],
  ['a version that cannot be told', { hypervisor: 'nitro', bareMetal: false }, 'latest', 'prefix'],
] as const)('with prefix delegation on, %s is in its mode', (_, type, version, mode) =>
  expect(ipMode(type, { ...PD, version })).toBe(mode),
);

test('a type without prefixes says that it fell back, and interfaces that hold both kinds are named', () => {
  const xen = anInstanceType({ hypervisor: 'xen' });
  expect(nodeCapacity(xen, PD, [primary])).toMatchObject({ mode: 'secondary-ip', fellBack: true, ipCapacity: 27, mixed: [] });
  const mixed = aNodeEni('i-1', 1, { privateIpAddresses: addresses(3), ipv4Prefixes: ['10.0.0.32/28'] });
  expect(nodeCapacity(anInstanceType(), PD, [primary, mixed])).toMatchObject({
    fellBack: false,
    ipAssigned: 2 + 16,
    mixed: [mixed.networkInterfaceId],
  });
});

test('interfaces on other cards carry nothing', () => {
  const other = aNodeEni('i-1', 1, {
    attachment: { instanceId: 'i-1', deviceIndex: 1, networkCardIndex: 1 },
    privateIpAddresses: addresses(9),
  });
  expect(nodeCapacity(twoCards, MANIFEST_SETTINGS, [primary, other])).toMatchObject({
    eniAttached: 1,
    eniMax: 15,
    ipAssigned: 0,
  });
});

/** The slow and obvious way: list every interface that the node can have, then every slot of it, and add them up. */
function slotBySlot(type: InstanceType, prefixes: boolean, custom: boolean, attached: readonly NetworkInterface[]): number {
  const empty = aNodeEni('i-1', 99);
  const all = [...attached, ...(custom && attached.length === 0 ? [primary] : [])];
  while (all.length < defaultCardInterfaces(type)) all.push(empty);
  const carriers = all.filter((eni) => eni.interfaceType !== 'trunk' && !(custom && eni.attachment?.deviceIndex === 0));
  return carriers
    .flatMap((eni) => slotsOf(eni, type.ipv4AddressesPerInterface - 1, prefixes))
    .reduce((pods, slot) => pods + slot, 0);
}

function slotsOf({ privateIpAddresses, ipv4Prefixes }: NetworkInterface, most: number, prefixes: boolean): readonly number[] {
  const slots = [...privateIpAddresses.slice(1).map(() => 1), ...ipv4Prefixes.map(() => 16)];
  while (slots.length < most) slots.push(prefixes ? 16 : 1);
  return slots;
}

test('capacity agrees with filling slot by slot', () => {
  const types = fc.record({ enis: fc.integer({ min: 1, max: 15 }), ips: fc.integer({ min: 2, max: 50 }) });
  const world = types.chain(({ enis, ips }) =>
    fc.record({
      type: fc.constant(anInstanceType({ maximumNetworkInterfaces: enis, ipv4AddressesPerInterface: ips })),
      attached: fc
        .array(
          fc.record({
            singles: fc.integer({ min: 0, max: ips - 1 }),
            prefixes: fc.integer({ min: 0, max: ips - 1 }),
            trunk: fc.boolean(),
          }),
          { maxLength: enis },
        )
        .map((list) =>
          list.map(({ singles, prefixes, trunk: isTrunk }, device) =>
            aNodeEni('i-1', device, {
              interfaceType: isTrunk && device > 0 ? 'trunk' : 'interface',
              privateIpAddresses: addresses(1 + (singles % Math.max(1, ips - prefixes))),
              ipv4Prefixes: Array.from({ length: prefixes }, (_, at) => `10.1.${at}.0/28`),
            }),
          ),
        ),
      prefixes: fc.boolean(),
      custom: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(world, ({ type, attached, prefixes, custom }) => {
      const settings = { ...MANIFEST_SETTINGS, prefixDelegation: prefixes, customNetworking: custom };
      const { ipCapacity, ipAssigned } = nodeCapacity(type, settings, attached);
      expect(ipCapacity).toBe(slotBySlot(type, prefixes, custom, attached));
      expect(ipAssigned).toBeLessThanOrEqual(ipCapacity ?? 0);
    }),
    { numRuns: 500 },
  );
});
