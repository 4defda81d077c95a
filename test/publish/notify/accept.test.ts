import { describe, expect, it, test } from 'vitest';
import type { FindingEventType } from '#lib/model/event.ts';
import type { FindingNotice } from '#lib/model/notification.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import type { ClusterTags } from '#lib/model/target-match.ts';
import { accept } from '#lib/publish/notify/accept.ts';
import { findingEvent } from '#lib/publish/state/finding-event.ts';
import { aTopic, memoryNotices, minute } from '#test/publish/notify/notices.ts';
import { CLUSTER, tellStory, timeOf } from '#test/publish/state/stories.ts';

/** The events of a finding's runs as EventBridge delivers them. */
function events(letters: string): string[] {
  const { told, states } = tellStory(letters);
  return told.flatMap((transition) => {
    const state = states[transition.run];
    if (state === undefined) return [];
    const { type, detail } = findingEvent(state, transition, { runId: `run-${transition.run}`, takenAt: timeOf(transition.run) });
    return [JSON.stringify({ source: 'cniwatch', 'detail-type': type, detail: JSON.parse(detail) })];
  });
}

async function acceptAll(bodies: readonly string[], over: Partial<NotificationTarget>, tags?: ClusterTags) {
  const notices = memoryNotices();
  const target = { ...aTopic(), ...over } as NotificationTarget;
  const asked: string[] = [];
  const tagsOf = async (runId: string) => {
    asked.push(runId);
    return tags;
  };
  for (const body of bodies) await accept(body, { store: notices.store(), targets: [target], tagsOf, now: minute(0) });
  return { waiting: notices.waiting('mail') as FindingNotice[], asked };
}
const kinds = ({ waiting }: { waiting: readonly FindingNotice[] }) => waiting.map(({ kind, verdict }) => `${kind} ${verdict}`);

test('an event is a notice with what a message needs, once however often it comes', async () => {
  const opened = events('cc');
  const { waiting } = await acceptAll([...opened, ...opened], {});
  expect(waiting).toMatchObject([
    {
      kind: 'opened',
      verdict: 'critical',
      check: 'subnet-ip-exhaustion',
      summary: '3 of 251 addresses are free (98.8 % used).',
      cluster: CLUSTER,
      resource: { kind: 'subnet', id: 'subnet-0abc', name: 'pods-a' },
      remediation: 'add-pod-subnet',
      openedAt: timeOf(1 * 10),
    },
  ]);
});

describe('a target', () => {
  const story = events('wwccoo');
  it.each<[string, Partial<NotificationTarget>, string[]]>([
    ['is told of all by default', {}, ['opened warning', 'escalated critical', 'resolved critical']],
    [
      'of critical ones is told from when it became so',
      { minimumSeverity: 'critical' },
      ['escalated critical', 'resolved critical'],
    ],
    ['from unknown on is too', { minimumSeverity: 'unknown' }, ['escalated critical', 'resolved critical']],
    ['of another cluster is told nothing', { match: { clusters: ['web-*'] } }, []],
    [
      'of this Region is told',
      { match: { regions: [CLUSTER.region] } },
      ['opened warning', 'escalated critical', 'resolved critical'],
    ],
  ])('%s', async (_title, over, expected) => {
    expect(kinds(await acceptAll(story, over))).toEqual(expected);
  });
});

describe('a target that goes by tags', () => {
  const match = { tags: { team: 'shop' } };
  it.each<[string, ClusterTags, number]>([
    ['is told of a cluster with them', { team: 'shop' }, 1],
    ['is not told of one without', { team: 'web' }, 0],
    ['is told where nobody could read the tags', undefined, 1],
  ])('%s', async (_title, tags, expected) => {
    const { waiting, asked } = await acceptAll(events('ww'), { match }, tags);
    expect([waiting.length, asked]).toEqual([expected, ['run-1']]);
  });
  it('by the rest of what it goes by where the tags are not known', async () => {
    const { waiting } = await acceptAll(events('ww'), { match: { ...match, clusters: ['web'] } }, undefined);
    expect(waiting).toEqual([]);
  });
});

test('tags are not asked for where no target goes by them', async () => {
  expect((await acceptAll(events('ww'), {})).asked).toEqual([]);
});

test.each<[string, string]>([
  ['no JSON', '{'],
  ['an event of another kind', JSON.stringify({ 'detail-type': 'Other', detail: {} })],
  [
    'an event without what its schema demands',
    JSON.stringify({ 'detail-type': 'Finding Opened' satisfies FindingEventType, detail: {} }),
  ],
])('%s is an error, so that the queue keeps it', async (_title, body) => {
  await expect(acceptAll([body], {})).rejects.toThrow();
});
