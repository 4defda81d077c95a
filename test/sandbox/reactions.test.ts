/** What the sandbox makes of created objects, in the place of a scheduler, kubelets and agents. */
import { expect, test } from 'vitest';
import { eventsOf, reacted, reactionTo } from '#lib/sandbox/reactions.ts';
import type { KubernetesObject, Reaction } from '#lib/sandbox/world.ts';

const CREATED = '2026-11-24T03:00:00.000Z';
const object = (spec: object = {}, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'n', creationTimestamp: CREATED, labels },
  spec,
});
const affinity = (operator: string, node: string) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator, values: [node] }] }],
      },
    },
  },
});
const reaction = (over: Partial<Reaction> = {}): Reaction => ({ kind: 'Pod', steps: [], ...over });

test.each<[string, KubernetesObject, Partial<Reaction>, boolean]>([
  ['any of its kind', object(), {}, true],
  ['another kind', object(), { kind: 'Service' }, false],
  ['its labels', object({}, { a: 'b', c: 'd' }), { labels: { a: 'b' } }, true],
  ['other labels', object({}, { a: 'c' }), { labels: { a: 'b' } }, false],
  ['its node', object({ nodeName: 'n1' }), { node: 'n1' }, true],
  ['another node', object({ nodeName: 'n2' }), { node: 'n1' }, false],
  ['the node of a CalicoNodeStatus', object({ node: 'n1' }), { node: 'n1' }, true],
  ['the only node of its affinity', object(affinity('In', 'n1')), { node: 'n1' }, true],
  ['a node that its affinity excludes', object(affinity('NotIn', 'n1')), { node: 'n1' }, false],
  ['no node at all', object(), { node: 'n1' }, false],
])('a reaction to %s', (_, created, over, fits) => expect(reactionTo(created, [reaction(over)]) !== undefined).toBe(fits));

test('steps are merged one after the other, each in its time', () => {
  const steps = [
    { afterMs: 0, merge: { status: { phase: 'Pending', at: { secondsAfter: 3 }, all: [{ at: { secondsAfter: 60 } }] } } },
    { afterMs: 50, merge: { status: { phase: 'Running' } } },
  ];
  const after = (age: number) => reacted(object(), reaction({ steps }), age)['status'];
  const times = { at: '2026-11-24T03:00:03.000Z', all: [{ at: '2026-11-24T03:01:00.000Z' }] };
  expect([after(0), after(50)]).toEqual([
    { phase: 'Pending', ...times },
    { phase: 'Running', ...times },
  ]);
});

test('warnings are about the object, from its creation on', () => {
  expect(eventsOf(object(), reaction({ events: [{ reason: 'Failed', message: 'no' }] }))).toMatchObject([
    {
      metadata: { namespace: 'n' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'n' },
      type: 'Warning',
      reason: 'Failed',
      message: 'no',
      firstTimestamp: CREATED,
    },
  ]);
  expect(eventsOf(object(), undefined)).toEqual([]);
});
