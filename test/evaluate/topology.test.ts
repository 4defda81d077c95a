/** Where nodes are and where their pods draw from, of worlds read through the real SDK clients. */
import { expect, test } from 'vitest';
import { topologyOf } from '#lib/evaluate/topology.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { World } from '#lib/sandbox/world.ts';
import { type HowToAssess, snapshotOf } from '#test/scenarios/assess-world.ts';
import { refused } from '#test/scenarios/worlds/cni.ts';
import { customNetworking, ENI_CONFIGS } from '#test/scenarios/worlds/nodes.ts';
import { GENERAL, shop } from '#test/scenarios/worlds/shop.ts';
import { fullWithSibling } from '#test/scenarios/worlds/subnets.ts';

/** Zone, own subnet and pods' subnets of each node, the subnets by the last part of their names. */
async function placesOf(world: World, how: HowToAssess = {}): Promise<readonly string[]> {
  const snapshot = await snapshotOf(world, { optIn: [], ...how });
  const names = new Map(
    dataOf(snapshot.slices.subnets)?.map(({ subnetId, tags }) => [subnetId, (tags['Name'] ?? subnetId).replace(/^shop-/, '')]),
  );
  const nameOf = (id: string | undefined) => (id === undefined ? '-' : (names.get(id) ?? '?'));
  return topologyOf(snapshot)
    .nodes.map(
      ({ zone = '-', subnetId, podSubnets }) => `${zone} ${nameOf(subnetId)}: ${podSubnets.map(nameOf).toSorted().join(', ')}`,
    )
    .toSorted();
}
const twice = (...places: readonly string[]) => places.flatMap((place) => [place, place]);

test.each<[string, () => World, readonly string[], HowToAssess?]>([
  ['pods draw from the subnet of their node', () => shop(), twice('eu-west-1a nodes-a: nodes-a', 'eu-west-1b nodes-b: nodes-b')],
  [
    'with custom networking they do not',
    () => customNetworking(ENI_CONFIGS),
    twice('eu-west-1a nodes-a: pods-a', 'eu-west-1b nodes-b: pods-b'),
  ],
  [
    'a tagged sibling is drawn from too',
    fullWithSibling,
    twice('eu-west-1a nodes-a: nodes-a, pods-a', 'eu-west-1b nodes-b: nodes-b'),
  ],
  [
    'without subnets nobody knows what pods draw from',
    () => shop({ group: { ...GENERAL, count: 1 } }),
    ['eu-west-1a ?: '],
    { denied: ['ec2:DescribeSubnets'] },
  ],
  ['without nodes there are none', () => refused('nodes'), []],
])('%s', async (_situation, world, places, how) => {
  expect(await placesOf(world(), how)).toEqual(places);
});
