import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Nodegroup } from '#lib/model/eks.ts';
import { mostFrequent, type NodeGroup, nodeGroups, shareOut } from '#lib/network/what-if/groups.ts';
import { seatsFor } from '#lib/network/what-if/placement.ts';
import type { PresentNode } from '#lib/network/what-if/present.ts';
import { type Surge, surgeNodes } from '#lib/network/what-if/surge.ts';
import { whatIfWorld } from '#lib/network/what-if/world.ts';
import { aSmallCluster } from '#test/network/what-if/cluster.ts';
import { aNodegroup, aSnapshot, aSubnet } from '#test/scenarios/slices.ts';

const worldOf = (over: Parameters<typeof aSmallCluster>[1] = {}, nodes = 2) => {
  const answer = whatIfWorld(aSnapshot(aSmallCluster({ nodes }, over)).slices);
  if (answer.kind !== 'known') throw new Error(answer.reason);
  return answer.world;
};
const labelled = (labels: Readonly<Record<string, string>>) =>
  (aSmallCluster().nodes ?? []).map((node) => ({
    ...node,
    labels: { 'topology.kubernetes.io/zone': node.labels['topology.kubernetes.io/zone'] ?? '', ...labels },
  }));

describe('the groups of a cluster', () => {
  test('are its node groups, with or without nodes, each with its type and subnets', () => {
    const nodegroups = [
      aNodegroup({ subnets: ['subnet-a', 'subnet-b'] }),
      aNodegroup({ nodegroupName: 'idle', instanceTypes: ['m5.xlarge'], subnets: ['subnet-b'] }),
    ];
    expect(nodeGroups(worldOf({ nodegroups }))).toMatchObject([
      { name: 'general', instanceType: 'm5.large', subnetIds: ['subnet-a', 'subnet-b'] },
      { name: 'idle', instanceType: 'm5.xlarge', subnetIds: ['subnet-b'], members: [] },
    ]);
  });
  test.each([
    [{ 'karpenter.sh/nodepool': 'default' }, 'default'],
    [{}, 'nodes of no group'],
  ])('are told by the label %j where EKS manages none', (labels, name) => {
    const [group] = nodeGroups(worldOf({ nodes: labelled(labels), nodegroups: [] }));
    expect({ name: group?.name, subnets: group?.subnetIds }).toEqual({ name, subnets: ['subnet-a', 'subnet-b'] });
  });
});

test.each([
  [4, [1, 1], [2, 2]],
  [5, [3, 1], [4, 1]],
  [3, [0, 0], [2, 1]],
  [1, [1, 1, 1], [1, 0, 0]],
  [0, [5], [0]],
])('%i nodes over groups of %j are %j', (count, sizes, shares) => expect(shareOut(count, sizes)).toEqual(shares));

test('shares add up, and none is a whole node off its part', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }), (count, sizes) => {
      const shares = shareOut(count, sizes);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count);
      if (total > 0)
        for (const [index, size] of sizes.entries())
          expect(Math.abs((shares[index] ?? 0) - (count * size) / total)).toBeLessThan(1);
    }),
  );
});

test.each([
  [['a', 'b', 'b'], 'b'],
  [['a', 'b'], 'a'],
  [[], undefined],
])('of %j most are %s', (values, most) => expect(mostFrequent(values)).toBe(most));

describe('the surge of a rolling update', () => {
  const subnets = ['a', 'b', 'c'].map((letter) =>
    aSubnet({ subnetId: `subnet-${letter}`, availabilityZone: `eu-west-1${letter}` }),
  );
  const member = {} as PresentNode;
  const group = (count: number, managed?: Partial<Nodegroup>): NodeGroup => ({
    name: 'general',
    members: Array.from({ length: count }, () => member),
    subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
    ...(managed && { managed: aNodegroup(managed) }),
  });
  const own: Surge = { kind: 'update-config', otherPercent: 25 };
  test.each<[string, NodeGroup, Surge, number]>([
    ['twice the zones of a node group', group(30, { maxUnavailable: 1 }), own, 6],
    ['its maximum unavailable where that is more', group(30, { maxUnavailable: 10 }), own, 10],
    ['or its percentage, rounded up', group(30, { maxUnavailablePercentage: 33 }), own, 10],
    ['one where it says nothing', group(30, {}), own, 6],
    ['a share where EKS does not manage it, rounded up', group(9), own, 3],
    ['the share that was asked, whatever the group says', group(9, { maxUnavailable: 9 }), { kind: 'percent', percent: 10 }, 1],
    ['none without nodes', group(0, {}), own, 0],
  ])('is %s', (_, of, surge, nodes) => expect(surgeNodes(of, surge, subnets)).toBe(nodes));
});

describe('new nodes', () => {
  const world = worldOf();
  const [group] = nodeGroups(world);
  const placed = (count: number, subnets = world.subnets, staying = world.present) =>
    group && seatsFor(group, count, subnets, staying)?.map(({ subnet }) => subnet.subnetId);
  test('keep the zones even', () => expect(placed(3)).toEqual(['subnet-a', 'subnet-b', 'subnet-a']));
  test('fill up a zone that has fewer', () => {
    expect(
      placed(
        2,
        world.subnets,
        world.present.filter(({ subnetId }) => subnetId === 'subnet-a'),
      ),
    ).toEqual(['subnet-b', 'subnet-b']);
  });
  test('have nowhere to go without a subnet of their group', () => expect(placed(1, [])).toBeUndefined());
  test('are like a member of their own zone', () => {
    const seats = group && seatsFor(group, 2, world.subnets, []);
    expect(seats?.map(({ template }) => template?.availabilityZone)).toEqual(['eu-west-1a', 'eu-west-1b']);
  });
});
