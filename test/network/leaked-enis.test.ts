import { expect, test } from 'vitest';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { isLeaked } from '#lib/network/leaked-enis.ts';
import { aDetachedEni } from '#test/network/worlds.ts';
import { anEni, NOW } from '#test/scenarios/slices.ts';

const tagged = (tags: Readonly<Record<string, string>>) => anEni({ status: 'available', description: 'aws-K8S-i-gone', tags });

test.each<[string, NetworkInterface, boolean]>([
  ['a detached interface of the CNI, two hours old', aDetachedEni(120), true],
  ['just over the age', aDetachedEni(65.1), true],
  ['of just that age', aDetachedEni(65), false],
  ['that the CNI may still attach', aDetachedEni(3), false],
  ['from the future of a clock that is off', aDetachedEni(-10), false],
  ['attached', aDetachedEni(120, { status: 'in-use' }), false],
  ['of another maker', aDetachedEni(120, { description: 'made by hand' }), false],
  ['of the resource controller, in lower case', aDetachedEni(120, { description: 'aws-k8s-branch-eni' }), false],
  ['without the tag of an instance', tagged({ 'node.k8s.amazonaws.com/createdAt': '2026-11-01T00:00:00Z' }), false],
  ['of an age that is not known', tagged({ 'node.k8s.amazonaws.com/instance_id': 'i-gone' }), false],
  [
    'with a time that nobody can read',
    tagged({ 'node.k8s.amazonaws.com/instance_id': 'i-gone', 'node.k8s.amazonaws.com/createdAt': 'yesterday' }),
    false,
  ],
])('%s: leaked %3$s', (_, eni, leaked) => expect(isLeaked(eni, new Date(NOW))).toBe(leaked));

test("the age is the caller's to choose", () => {
  expect(isLeaked(aDetachedEni(10), new Date(NOW), 5)).toBe(true);
  expect(isLeaked(aDetachedEni(120), new Date(NOW), 180)).toBe(false);
});
