import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { addressesOf } from '#lib/sandbox/block.ts';
import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { ClusterSpec, NodegroupSpec, SubnetSpec } from '#lib/sandbox/builder/spec.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { availableIpAddressCount } from '#lib/sandbox/occupancy.ts';
import type { KubernetesObject, World, WorldCluster } from '#lib/sandbox/world.ts';
import { contradictions } from './world-consistency.ts';

const now = new Date('2026-11-24T03:00:00Z');
const group: NodegroupSpec = {
  name: 'general',
  instanceType: 'm5.large',
  count: 2,
  subnets: ['nodes'],
  podsPerNode: 5,
  maxPods: 29,
};
const nodes: SubnetSpec = { name: 'nodes', cidr: '10.0.0.0/24', zone: 'a' };

function aWorld(subnets: readonly SubnetSpec[], cluster: Partial<ClusterSpec> = {}): World {
  return buildWorld({
    account: '111122223333',
    region: 'eu-west-1',
    now,
    vpcs: [
      {
        name: 'shop',
        cidrs: ['10.0.0.0/16'],
        subnets,
        securityGroups: [{ name: 'pods', ingress: [] }],
        clusters: [{ name: 'shop-prod', controlPlaneSubnets: ['nodes'], nodegroups: [group], ...cluster }],
      },
    ],
  });
}

function freeIn(world: World, name: string): number {
  const subnet = world.subnets.find(({ tags }) => tags['Name'] === `shop-${name}`);
  if (subnet === undefined) throw new Error(`no subnet ${name}`);
  return availableIpAddressCount(
    subnet,
    world.networkInterfaces.filter(({ subnetId }) => subnetId === subnet.subnetId),
  );
}

function addressesHeld(world: World, name: string): ReadonlySet<string> {
  const subnet = world.subnets.find(({ tags }) => tags['Name'] === `shop-${name}`);
  const enis = world.networkInterfaces.filter(({ subnetId }) => subnetId === subnet?.subnetId);
  return new Set(enis.flatMap((eni) => [...eni.privateIpAddresses, ...eni.ipv4Prefixes.flatMap(addressesOf)]));
}

const itemsOf = ({ clusters: [cluster] }: World, plural: string): readonly KubernetesObject[] =>
  (cluster as WorldCluster).kubernetes.find((kind) => kind.plural === plural)?.items ?? [];
const waiting = (world: World) =>
  itemsOf(world, 'pods').filter(({ status }) => (status as { phase: string }).phase === 'Pending');

/** Addresses (the primary among them) and prefixes of each interface of the first node. */
function firstNode(world: World): (readonly [number, number])[] {
  const [instance] = world.instances;
  return world.networkInterfaces
    .filter(({ attachment }) => attachment?.instanceId === instance?.instanceId)
    .map(({ privateIpAddresses, ipv4Prefixes }) => [privateIpAddresses.length, ipv4Prefixes.length]);
}

describe('the embedded fleet', () => {
  const fleet = embeddedFleet(now);

  it('could be real, and is the same every time', () => {
    expect(contradictions(fleet)).toEqual([]);
    expect(embeddedFleet(now)).toEqual(fleet);
  });

  it('moves with the clock: its ages stay', () => {
    const later = embeddedFleet(new Date(now.getTime() + 3_600_000));
    expect(later.networkInterfaces.map(({ privateIpAddresses }) => privateIpAddresses)).toEqual(
      fleet.networkInterfaces.map(({ privateIpAddresses }) => privateIpAddresses),
    );
    expect(later.instances[0]?.launchTime).not.toBe(fleet.instances[0]?.launchTime);
  });

  it.each([
    ['identity-prod', 0],
    ['shop-prod', 0],
    ['analytics-prod', 0],
    ['payments-prod', 0],
    ['media-staging', 20],
  ])('%s has %i pods that wait for a network, each with its event', (name, count) => {
    const cluster = fleet.clusters.find((one) => one.name === name) as WorldCluster;
    const alone = { ...fleet, clusters: [cluster] };
    expect(waiting(alone)).toHaveLength(count);
    expect(itemsOf(alone, 'events')).toHaveLength(count);
  });
});

describe('what ipamd takes', () => {
  const pd = { ENABLE_PREFIX_DELEGATION: 'true' };
  // m5.large: 3 interfaces of 10 addresses. The two nodes carry 5 pods each, CoreDNS among them.
  it.each<[string, Record<string, string>, readonly (readonly [number, number])[]]>([
    [
      'a warm interface',
      {},
      [
        [10, 0],
        [10, 0],
      ],
    ],
    ['no warm interface', { WARM_ENI_TARGET: '0' }, [[10, 0]]],
    [
      'as many warm interfaces as there are',
      { WARM_ENI_TARGET: '5' },
      [
        [10, 0],
        [10, 0],
        [10, 0],
      ],
    ],
    [
      'no more than MAX_ENI',
      { WARM_ENI_TARGET: '5', MAX_ENI: '2' },
      [
        [10, 0],
        [10, 0],
      ],
    ],
    ['two warm addresses', { WARM_IP_TARGET: '2' }, [[8, 0]]],
    [
      'a minimum of addresses',
      { MINIMUM_IP_TARGET: '12', WARM_IP_TARGET: '2' },
      [
        [10, 0],
        [4, 0],
      ],
    ],
    ['a prefix and a warm one', pd, [[1, 2]]],
    ['a prefix alone', { ...pd, WARM_PREFIX_TARGET: '0' }, [[1, 1]]],
    ['prefixes for a minimum of addresses', { ...pd, MINIMUM_IP_TARGET: '33' }, [[1, 3]]],
  ])('%s', (_, cniEnv, expected) => {
    const world = aWorld([nodes], { cniEnv });
    expect(firstNode(world)).toEqual(expected);
    expect(contradictions(world)).toEqual([]);
    expect(waiting(world)).toEqual([]);
  });

  it('nothing of the primary interface under custom networking, whose pods bear the groups of the ENIConfig', () => {
    const world = aWorld([nodes, { name: 'pods', cidr: '10.0.4.0/24', zone: 'a' }], {
      cniEnv: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' },
      eniConfigs: { 'eu-west-1a': { subnet: 'pods', securityGroups: ['pods'] } },
    });
    expect(firstNode(world)).toEqual([
      [1, 0],
      [10, 0],
      [10, 0],
    ]);
    const [primary, secondary] = world.networkInterfaces.filter(
      ({ attachment }) => attachment?.instanceId === world.instances[0]?.instanceId,
    );
    expect(secondary?.subnetId).not.toBe(primary?.subnetId);
    expect(secondary?.groups).not.toEqual(primary?.groups);
    expect(contradictions(world)).toEqual([]);
  });
});

describe('a full subnet', () => {
  const sibling = { name: 'pods', cidr: '10.0.4.0/24', zone: 'a', tags: { 'kubernetes.io/role/cni': '1' } };
  const small = { ...nodes, cidr: '10.0.0.0/28' };
  const many = { nodegroups: [{ ...group, podsPerNode: 15 }] };

  it('lets pods wait where it has no sibling', () => {
    const world = aWorld([small], many);
    expect(freeIn(world, 'nodes')).toBe(0);
    expect(waiting(world).length).toBeGreaterThan(0);
    expect(itemsOf(world, 'events')[0]).toMatchObject({
      reason: 'FailedCreatePodSandBox',
      message: expect.stringContaining('failed to assign an IP address to container'),
    });
    expect(contradictions(world)).toEqual([]);
  });

  it('sends the CNI to its tagged sibling', () => {
    const world = aWorld([small, sibling], many);
    expect(waiting(world)).toEqual([]);
    expect(freeIn(world, 'pods')).toBeLessThan(251);
  });

  it('does not, with discovery off', () => {
    const world = aWorld([small, sibling], { ...many, cniEnv: { ENABLE_SUBNET_DISCOVERY: 'false' } });
    expect(waiting(world).length).toBeGreaterThan(0);
    expect(freeIn(world, 'pods')).toBe(251);
  });

  it('is as full as it is said to be', () => {
    const world = aWorld([{ ...nodes, free: 3 }]);
    expect(freeIn(world, 'nodes')).toBe(3);
    expect(contradictions(world)).toEqual([]);
    expect(() => aWorld([{ ...nodes, free: 250 }])).toThrow(/shop-nodes has .* left and is to have 250/);
  });

  it('under prefix delegation is one without a whole block, however many addresses are free', () => {
    const world = aWorld([{ ...nodes, cidr: '10.0.0.0/27' }], { cniEnv: { ENABLE_PREFIX_DELEGATION: 'true' } });
    expect(freeIn(world, 'nodes')).toBe(24);
    expect(waiting(world)).toHaveLength(10);
  });
});

describe('spread tenants', () => {
  // A /24 has 14 blocks to give. The two nodes take two each, one of them warm.
  it.each([
    [0, 0],
    [7, 7],
    [10, 10],
    [99, 10],
  ])('%i of them break up %i blocks that the nodes left whole, and no pod waits for that', (count, broken) => {
    const tenants = [{ kind: 'lambda', count, spread: true } as const];
    const world = aWorld([{ ...nodes, tenants }], { cniEnv: { ENABLE_PREFIX_DELEGATION: 'true' } });
    const functions = world.networkInterfaces.filter(({ interfaceType }) => interfaceType === 'lambda');
    expect(functions).toHaveLength(broken);
    const blocks = functions.map(({ privateIpAddresses: [address] }) => Math.floor(Number(address?.split('.')[3]) / 16));
    expect(new Set(blocks).size).toBe(broken);
    expect(firstNode(world)).toEqual([[1, 2]]);
    expect(waiting(world)).toEqual([]);
    expect(freeIn(world, 'nodes')).toBe(251 - 3 - 4 * 16 - broken);
    expect(contradictions(world)).toEqual([]);
  });

  it('leave reservations alone', () => {
    const tenants = [{ kind: 'lambda', count: 99, spread: true } as const];
    const reservations = [{ cidr: '10.0.0.128/25', type: 'prefix' } as const];
    const world = aWorld([{ ...nodes, tenants, reservations }]);
    const last = world.networkInterfaces
      .filter(({ interfaceType }) => interfaceType === 'lambda')
      .map(({ privateIpAddresses: [address] }) => Number(address?.split('.')[3]));
    expect(Math.max(...last)).toBeLessThan(128);
  });
});

test('what could not be real is noticed', () => {
  const world = aWorld([nodes]);
  const [first, second, ...others] = world.networkInterfaces;
  if (first === undefined || second === undefined) throw new Error('no interfaces');
  const moved = { ...second, privateIpAddresses: [...first.privateIpAddresses, '10.9.9.9'] };
  const noticed = contradictions({ ...world, networkInterfaces: [first, moved, ...others] }).join();
  expect(contradictions({ ...world, networkInterfaces: [first, first] }).join()).toMatch(/is there twice/);
  expect(contradictions({ ...world, securityGroups: [] }).join()).toMatch(/which is not there/);
  for (const words of [/is held by/, /cannot be had in/, /do not hold for pods/]) expect(noticed).toMatch(words);
  const crowded = { ...second, privateIpAddresses: Array.from({ length: 11 }, (_, at) => `10.0.0.${100 + at}`) };
  expect(contradictions({ ...world, networkInterfaces: [first, crowded, ...others] }).join()).toMatch(/holds more than/);
});

test('whatever is asked for, the world could be real', () => {
  const any = fc.record({
    size: fc.constantFrom(24, 26, 27),
    count: fc.integer({ min: 1, max: 6 }),
    podsPerNode: fc.integer({ min: 0, max: 40 }),
    instanceType: fc.constantFrom('m5.large', 't3.small', 'c5.xlarge', 'm4.large'),
    reserved: fc.constantFrom<SubnetSpec['reservations']>(
      [],
      [{ cidr: '10.0.0.16/28', type: 'prefix' }],
      [{ cidr: '10.0.0.0/28', type: 'explicit' }],
    ),
    spread: fc.integer({ min: 0, max: 4 }),
    cniEnv: fc.record(
      {
        ENABLE_PREFIX_DELEGATION: fc.constantFrom('true', 'false'),
        WARM_ENI_TARGET: fc.constantFrom('0', '1', '2'),
        WARM_IP_TARGET: fc.constantFrom('1', '5'),
        MINIMUM_IP_TARGET: fc.constantFrom('4', '20'),
        MAX_ENI: fc.constantFrom('1', '2'),
      },
      { requiredKeys: [] },
    ),
  });
  fc.assert(
    fc.property(any, ({ size, count, podsPerNode, instanceType, reserved = [], spread, cniEnv }) => {
      const build = () =>
        aWorld(
          [
            {
              ...nodes,
              cidr: `10.0.0.0/${size}`,
              reservations: reserved,
              tenants: [{ kind: 'lambda', count: spread, spread: true }],
            },
            { name: 'pods', cidr: '10.0.4.0/26', zone: 'a', tags: { 'kubernetes.io/role/cni': '1' } },
          ],
          { nodegroups: [{ ...group, count, podsPerNode, instanceType }], cniEnv },
        );
      const world = build();
      expect(build()).toEqual(world);
      // Counted address by address, against EC2's own count.
      expect(freeIn(world, 'nodes')).toBe(2 ** (32 - size) - 5 - addressesHeld(world, 'nodes').size);
      expect(freeIn(world, 'pods')).toBe(59 - addressesHeld(world, 'pods').size);
      expect(contradictions(world)).toEqual([]);
    }),
  );
});
