import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { planCanary } from '#lib/collect/probes/canary-place.ts';
import { type CanarySettings, canarySettings } from '#lib/model/canary-settings.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { aNode } from '#test/scenarios/slices.ts';

const settings = (over: Partial<CanarySettings> = {}) => ({ ...canarySettings.parse({}), ...over });
const PINNED = settings({ mode: 'pinned' });
const node = (name: string, zone = 'a', over: Partial<Node> = {}) =>
  aNode({ name, labels: { 'topology.kubernetes.io/zone': zone }, ...over });
const taint = (effect: string) => ({ taints: [{ key: 'k', effect }] });

test.each<[string, Partial<Node>, boolean]>([
  ['is ready', {}, true],
  ['is rather left to others', taint('PreferNoSchedule'), true],
  ['is cordoned', { unschedulable: true }, false],
  ['has a taint', taint('NoSchedule'), false],
  ['evicts what does not tolerate it', taint('NoExecute'), false],
  ['is not ready', { conditions: [{ type: 'Ready', status: 'Unknown' }] }, false],
  ['tells no condition', { conditions: [] }, false],
  ['is Windows', { operatingSystem: 'windows' }, false],
  ['is of another architecture', { architecture: 's390x' }, false],
  ['is Fargate', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }, false],
])('a node that %s has its turn: %s', (_, over, taken) => {
  const plan = planCanary({ ...PINNED, podToPod: false }, [node('n1', 'a', over)], 0);
  expect(plan.clients(undefined)).toEqual(taken ? [{ node: 'n1' }] : []);
});

describe('where the scheduler chooses', () => {
  it('keeps clients off the node of the server, and rather out of its zone', () => {
    const notOn = { node: 'n1', zone: 'a' };
    const plan = planCanary(settings({ nodes: 2 }), [node('n1'), node('n2', 'b')], 0);
    expect([plan.podToPod, plan.server, plan.clients(notOn)]).toEqual(['tried', {}, [{ notOn }, { notOn }]]);
  });

  it.each<[string, Partial<CanarySettings>, readonly Node[] | undefined, string]>([
    ['one node', {}, [node('n1')], 'one-node'],
    ['no node', {}, [], 'one-node'],
    ['nodes that were not read', {}, undefined, 'tried'],
    ['it switched off', { podToPod: false }, [node('n1'), node('n2')], 'switched-off'],
  ])('with %s', (_, over, nodes, podToPod) => {
    const plan = planCanary(settings(over), nodes, 0);
    expect([plan.podToPod, plan.server !== undefined]).toEqual([podToPod, podToPod === 'tried']);
  });
});

describe('where nodes have their turn', () => {
  const all = ['a', 'b', 'c'].flatMap((zone) => [1, 2, 3].map((at) => node(`${zone}${at}`, zone)));

  it('the server and its client are in different zones', () => {
    for (let turn = 0; turn < 50; turn++) {
      const { server, clients } = planCanary(PINNED, all, turn);
      const zones = [server, ...clients(undefined)].map((placement) => placement?.node?.[0]);
      expect(new Set(zones).size).toBe(2);
    }
  });

  it('all of them have it, whatever the interval', () => {
    for (const minutes of [1, 5, 9, 15, 60]) {
      const seen = new Set<string | undefined>();
      for (let run = 0; run < 60; run++) {
        for (const { node: name } of planCanary(PINNED, all, run * minutes).clients(undefined)) seen.add(name);
      }
      expect(seen.size, `every ${minutes} minutes`).toBe(all.length);
    }
  });

  it('no node twice, and never more pods than are configured', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        fc.nat(),
        (count, nodes, podToPod, turn) => {
          const some = Array.from({ length: count }, (_, at) => node(`n${at}`, 'abc'[at % 3]));
          const { server, clients } = planCanary({ ...PINNED, nodes, podToPod }, some, turn);
          const names = [...(server ? [server] : []), ...clients(undefined)].map((placement) => placement.node);
          expect(new Set(names).size).toBe(names.length);
          expect(clients(undefined).length).toBe(Math.min(nodes, server ? count - 1 : count));
        },
      ),
    );
  });
});
