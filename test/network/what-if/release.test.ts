import { expect, test } from 'vitest';
import { release } from '#lib/network/what-if/release.ts';
import { aPlannedNode, ONE_AT_A_TIME } from '#test/network/planned-nodes.ts';

const eni = (singles: number, prefixes = 0) => ({ subnetId: 'subnet-a', singles, prefixes });
const { warmIpTarget: _, ...NO_TARGET } = ONE_AT_A_TIME;

test.each([
  [
    'what is above the target, of its last interfaces',
    { pods: 5, interfaces: [eni(9), eni(9)] },
    ONE_AT_A_TIME,
    [eni(3), eni(9)],
  ],
  ['nothing that the target still wants', { pods: 17, interfaces: [eni(9), eni(9)] }, ONE_AT_A_TIME, []],
  ['nothing under whole interfaces', { pods: 0, interfaces: [eni(9)] }, NO_TARGET, []],
  ['idle single addresses once prefixes are on', { mode: 'prefix', pods: 4, interfaces: [eni(9)] }, NO_TARGET, [eni(5)]],
  ['idle prefixes once they are off', { pods: 4, interfaces: [eni(0, 3)] }, NO_TARGET, [eni(0, 2)]],
  ['prefixes above the target', { mode: 'prefix', pods: 16, interfaces: [eni(0, 4)] }, ONE_AT_A_TIME, [eni(0, 2)]],
  ['nothing of a prefix that a pod is in', { mode: 'prefix', pods: 17, interfaces: [eni(0, 2)] }, ONE_AT_A_TIME, []],
  ['no less than the minimum target', { pods: 0, interfaces: [eni(9)] }, { ...ONE_AT_A_TIME, minimumIpTarget: 6 }, [eni(3)]],
] as const)('a node gives back %s', (_, node, settings, released) => {
  expect(release(aPlannedNode(node), settings).released).toEqual(released);
});
