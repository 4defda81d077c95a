import { expect, test } from 'vitest';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { isLeaked } from '#lib/network/leaked-enis.ts';
import { anEni, NOW } from '#test/scenarios/slices.ts';

const minutesAgo = (minutes: number): string => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();

/** What ipamd leaves when an instance goes while an interface is being attached. */
const left = (minutes: number, over: Partial<NetworkInterface> = {}): NetworkInterface =>
  anEni({
    status: 'available',
    description: 'aws-K8S-i-gone',
    tags: { 'node.k8s.amazonaws.com/instance_id': 'i-gone', 'node.k8s.amazonaws.com/createdAt': minutesAgo(minutes) },
    ...over,
  });
const tagged = (tags: Readonly<Record<string, string>>) => left(120, { tags });

test.each<[string, NetworkInterface, boolean]>([
  ['a detached interface of the CNI, two hours old', left(120), true],
  ['just over the age', left(65.1), true],
  ['of just that age', left(65), false],
  ['that the CNI may still attach', left(3), false],
  ['from the future of a clock that is off', left(-10), false],
  ['attached', left(120, { status: 'in-use' }), false],
  ['of another maker', left(120, { description: 'made by hand' }), false],
  ['of the resource controller, in lower case', left(120, { description: 'aws-k8s-branch-eni' }), false],
  ['without the tag of an instance', tagged({ 'node.k8s.amazonaws.com/createdAt': minutesAgo(120) }), false],
  ['of an age that is not known', tagged({ 'node.k8s.amazonaws.com/instance_id': 'i-gone' }), false],
  [
    'with a time that nobody can read',
    tagged({ 'node.k8s.amazonaws.com/instance_id': 'i-gone', 'node.k8s.amazonaws.com/createdAt': 'yesterday' }),
    false,
  ],
])('%s: leaked %3$s', (_, eni, leaked) => expect(isLeaked(eni, new Date(NOW))).toBe(leaked));

test("the age is the caller's to choose", () => {
  expect(isLeaked(left(10), new Date(NOW), 5)).toBe(true);
  expect(isLeaked(left(120), new Date(NOW), 180)).toBe(false);
});
