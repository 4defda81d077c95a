import { describe, expect, test } from 'vitest';
import type { Change } from '#lib/network/what-if/change.ts';
import { fixesFor } from '#lib/network/what-if/fixes.ts';
import { type WhatIfAnswered, whatIfIn } from '#lib/network/what-if/what-if.ts';
import { whatIfWorld } from '#lib/network/what-if/world.ts';
import { aSmallCluster, type SmallCluster } from '#test/network/what-if/cluster.ts';
import { aPod, aSnapshot } from '#test/scenarios/slices.ts';

/** The cluster with so many pods that wait for an address besides. */
function fixes(cluster: SmallCluster, waiting: number, change: Change = {}): readonly string[] {
  const slices = aSmallCluster(cluster);
  const pods = Array.from({ length: waiting }, (_, index) =>
    aPod({ name: `w${index}`, nodeName: 'i-a0', podIps: [], phase: 'Pending' }),
  );
  const known = whatIfWorld(aSnapshot({ ...slices, pods: [...(slices.pods ?? []), ...pods] }).slices);
  if (known.kind !== 'known') throw new Error(known.reason);
  const answer = whatIfIn(known.world, change) as WhatIfAnswered;
  return fixesFor(known.world, change, answer).map(({ description }) => description.replace(/:.*/, ''));
}

describe('what would have the pods fit', () => {
  test.each<[string, SmallCluster, number, Change, readonly string[]]>([
    ['nothing where they fit', {}, 0, {}, []],
    [
      'more nodes, the least that do, or prefixes, where nodes are full',
      {},
      4 * 27 - 16 + 28,
      {},
      ['delegate prefixes, with max-pods raised and nodes replaced', '2 nodes more'],
    ],
    [
      'smaller warm pools, or a subnet, where the subnet is full',
      { nodes: 4, taken: 171 },
      16,
      { nodes: 4 },
      ['hold fewer addresses warm', 'delegate prefixes, with max-pods raised and nodes replaced'],
    ],
  ])('is %s', (_, cluster, waiting, change, expected) => expect(fixes(cluster, waiting, change)).toEqual(expected));

  test('a subnet in the zone that runs out, no larger than it must be', () => {
    expect(fixes({ taken: 211, cniEnv: { WARM_IP_TARGET: '1' } }, 70)).toContain(
      'a subnet for pods of /27 or larger in eu-west-1a',
    );
  });
});
