import { expect, test } from 'vitest';
import { type History, type HistoryPoint, NO_HISTORY } from '#lib/model/history.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { nodeCapacity } from '#lib/network/node-capacity.ts';
import { podChurn, podReadings } from '#lib/network/pod-churn.ts';
import { countPods } from '#lib/network/pod-counts.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import { aNode, aNodeEni, anInstanceType, aPod, NOW } from '#test/scenarios/slices.ts';

const now = new Date(NOW);
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const started = (...minutes: number[]) =>
  minutes.map((at, index) => aPod({ name: `web-${index}`, createdAt: ago(at), conditions: [] }));

function entry(pods: readonly Pod[], { type = 'm5.large', joined = ago(10_000) } = {}): EniNode {
  const node = aNode({ createdAt: joined });
  const instanceType = anInstanceType({ instanceType: type });
  const interfaces = [aNodeEni('i-1')];
  return {
    node,
    type: instanceType,
    host: { name: node.name, kind: 'linux', node, interfaces, pods },
    capacity: nodeCapacity(instanceType, MANIFEST_SETTINGS, interfaces),
    pods: countPods(pods),
  };
}

type Series = Readonly<Record<string, readonly HistoryPoint[]>>;
const past = (series: Series): History => ({ points: (name, id) => series[`${name} ${id}`] ?? [] });
/** A reading every five minutes for so many hours, ending five minutes ago. */
const every5 = (hours: number, value: (index: number) => number): HistoryPoint[] =>
  Array.from({ length: hours * 12 }, (_, at) => ({ at: ago(5 * (hours * 12 - at)), value: value(at) }));

test('readings are of the busiest and the average node of each type', () => {
  const nodes = [entry(started(300, 300, 300)), entry(started(300)), entry(started(2, 300), { type: 'c5.large' })];
  expect(podReadings(nodes, NO_HISTORY, now)).toEqual([
    { series: 'NodePodsMost', id: 'm5.large', value: 3 },
    { series: 'NodePodsAverage', id: 'm5.large', value: 2 },
    { series: 'NodePodStarts', id: 'm5.large', value: 0 },
    { series: 'NodeClassPodStarts', id: 'm5.large', value: 0 },
    { series: 'NodePodsMost', id: 'c5.large', value: 2 },
    { series: 'NodePodsAverage', id: 'c5.large', value: 2 },
    { series: 'NodePodStarts', id: 'c5.large', value: 1 },
    { series: 'NodeClassPodStarts', id: 'c5.large', value: 1 },
  ]);
  expect(podReadings([], NO_HISTORY, now)).toEqual([]);
});

test.each<[string, number | undefined, number]>([
  ['the last reading', 15, 3],
  ['five minutes without one', undefined, 2],
  ['five minutes after a gap of more than an hour', 61, 2],
])('starts are counted since %s', (_, last, starts) => {
  const history = past(last === undefined ? {} : { 'NodePodStarts m5.large': [{ at: ago(last), value: 0 }] });
  const found = podReadings([entry(started(1, 4, 12, 200))], history, now);
  expect(found.find(({ series }) => series === 'NodePodStarts')?.value).toBe(starts);
});

test("a new node's first pods are no burst, but they are starts", () => {
  const found = podReadings([entry(started(1, 1, 1), { joined: ago(3) }), entry(started(2))], NO_HISTORY, now);
  expect(Object.fromEntries(found.map(({ series, value }) => [series, value]))).toMatchObject({
    NodePodStarts: 1,
    NodeClassPodStarts: 4,
  });
});

test('pods that take no address of the pool do not count, and a pod starts when it is scheduled', () => {
  const scheduled = (at: number) => [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(at) }];
  const pods = [
    aPod({ hostNetwork: true, createdAt: ago(1), conditions: [] }),
    aPod({ podEni: '[{}]', createdAt: ago(1), conditions: [] }),
    aPod({ createdAt: ago(500), conditions: scheduled(1) }),
    aPod({ createdAt: ago(1), conditions: scheduled(500) }),
  ];
  expect(podReadings([entry(pods)], NO_HISTORY, now).find(({ series }) => series === 'NodeClassPodStarts')?.value).toBe(1);
});

const OPTIONS = { leastHours: 24, burstPercentile: 99 };
test.each<[string, readonly number[], number, number]>([
  ['the most within five minutes', [60, 58, 56, 40], 3, 4],
  ['and not across more', [60, 55, 50], 1, 3],
  ["none in a node's first minutes", [9999, 9998], 0, 2],
  ['none at all', [], 0, 0],
])('without history the pods that are there tell the burst: %s', (_, minutes, burst, typicalPods) =>
  expect(podChurn([entry(started(...minutes))], NO_HISTORY, now, OPTIONS)).toEqual({
    basis: 'present-pods',
    hours: 0,
    typicalPods,
    burst,
    startsPerHour: null,
  }),
);

const day = {
  'NodePodStarts m5.large': every5(30, (at) => (at % 50 === 0 ? 4 : at === 7 ? 40 : 0)),
  'NodePodsAverage m5.large': every5(30, (at) => (at === 0 ? 90 : 6)),
  'NodeClassPodStarts m5.large': every5(30, () => 2),
};
test('with history the readings tell it, a rare burst left out', () => {
  expect(podChurn([entry([])], past(day), now, OPTIONS)).toEqual({
    basis: 'history',
    hours: 30,
    typicalPods: 6,
    burst: 4,
    startsPerHour: 24,
  });
  expect(podChurn([entry([])], past(day), now, { ...OPTIONS, burstPercentile: 100 }).burst).toBe(40);
});

test('bursts are those of the last two days, whose readings are fine', () => {
  const old = every5(60, (at) => (at < 100 ? 30 : 1));
  const found = podChurn([entry([])], past({ ...day, 'NodePodStarts m5.large': old }), now, OPTIONS);
  expect(found).toMatchObject({ hours: 60, burst: 1 });
});

test.each<[string, number, readonly string[], string]>([
  ['a day of one type', 24, ['m5.large'], 'history'],
  ['a little less', 23, ['m5.large'], 'present-pods'],
  ['of the types of half of the nodes', 24, ['m5.large', 'c5.large'], 'history'],
  ['of fewer', 24, ['m5.large', 'c5.large', 'c6i.large'], 'present-pods'],
  ['of no node', 24, [], 'present-pods'],
])('%s (%i hours) is judged by %4$s', (_, hours, types, basis) => {
  const history = past({ 'NodePodStarts m5.large': every5(hours, () => 1) });
  const nodes = types.map((type) => entry(started(100), { type }));
  expect(podChurn(nodes, history, now, OPTIONS).basis).toBe(basis);
});
