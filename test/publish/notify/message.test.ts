import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { FindingNotice, Notice } from '#lib/model/notification.ts';
import { chatMessage } from '#lib/publish/notify/chat-message.ts';
import { composeMessage } from '#lib/publish/notify/message.ts';
import { runLink } from '#lib/publish/notify/run-link.ts';
import { snsText } from '#lib/publish/notify/sns-text.ts';
import { testNotice } from '#lib/publish/notify/test-notice.ts';
import { webhookBody } from '#lib/publish/notify/webhook-body.ts';
import { aNotice, id, minute } from '#test/publish/notify/notices.ts';

const linkTo = runLink({ region: 'eu-west-1', bucket: 'cniwatch-runs' });
const messageOf = (...notices: readonly Notice[]) => composeMessage(notices, { target: 'mail', at: minute(25), linkTo });
/** Notices of findings of their own. */
const several = (...overs: readonly Partial<FindingNotice>[]) =>
  overs.map((over, index) => aNotice({ id: id(index), fingerprint: `f${index}`, ...over }));
const shopAlso = { cluster: { ...aNotice().cluster, name: 'web', arn: 'arn:web' } };

test('mail and phones are told what, where, how long, what to do and where to read on', () => {
  expect(snsText(messageOf(aNotice()))).toEqual({
    subject: 'CRITICAL shop in eu-west-1: subnet-ip-exhaustion, subnet subnet-0abc (pods-a)',
    sms: 'CRITICAL shop in eu-west-1: 3 of 251 addresses are free (98.8 % used).',
    text: `CRITICAL shop in eu-west-1: 3 of 251 addresses are free (98.8 % used).
1 critical

shop in eu-west-1, account 111122223333
- CRITICAL: subnet-ip-exhaustion, subnet subnet-0abc (pods-a)
  3 of 251 addresses are free (98.8 % used).
  since 2026-11-24 03:00 UTC (25 min); impact: hours (3.5 h)
  Do: Give pods more room in the same zone: a subnet of a further VPC CIDR, tagged kubernetes.io/role/cni=1 (VPC CNI 1.18 or later), or ENIConfigs for custom networking. (more: cniwatch explain subnet-ip-exhaustion)

Next: cniwatch triage --cluster shop --region eu-west-1
Report: https://eu-west-1.console.aws.amazon.com/s3/object/cniwatch-runs?region=eu-west-1&prefix=runs%2Frun-0%2Fsummary.json`,
  });
});

describe('how a finding stands', () => {
  const at = (minutes: number) => minute(minutes).toISOString();
  it.each<[string, Partial<FindingNotice>[], string, string]>([
    ['open', [{}], 'CRITICAL', 'since 2026-11-24 03:00 UTC (25 min)'],
    ['escalated', [{ kind: 'escalated' }], 'CRITICAL', 'since 2026-11-24 03:00 UTC (25 min)'],
    ['open for days', [{ openedAt: at(-4_320) }], 'CRITICAL', 'since 2026-11-21 03:00 UTC (3 days)'],
    ['closed', [{ kind: 'resolved', reason: 'recovered', at: at(20) }], 'RESOLVED', 'open from 2026-11-24 03:00 UTC for 20 min'],
    ['gone', [{ kind: 'resolved', reason: 'no-longer-reported', at: at(20) }], 'GONE', 'for 20 min'],
    ['suppressed', [{ kind: 'resolved', reason: 'suppressed', at: at(20) }], 'SUPPRESSED', 'for 20 min'],
    ['come and gone', [{}, { kind: 'resolved', sequence: 2, at: at(20) }], 'OVER (was critical)', 'for 20 min'],
  ])('%s', (_title, overs, standing, lasting) => {
    const { text, subject } = snsText(messageOf(...overs.map((over, index) => aNotice({ id: id(index), ...over }))));
    expect(subject).toMatch(new RegExp(`^${standing.replace(/[()]/g, '\\$&')} shop in eu-west-1: `));
    expect(text).toContain(lasting);
    expect(text.includes('Do: ')).toBe(standing === 'CRITICAL');
  });
});

describe('symptoms stand beneath the cause that is told with them', () => {
  it.each<[string, Partial<FindingNotice>[], [string, string[]][]]>([
    ['a symptom', [{}, { causes: ['f0'], verdict: 'warning' }], [['f0', ['f1']]]],
    ['a symptom of a symptom', [{}, { causes: ['f0'] }, { causes: ['f1'] }], [['f0', ['f1', 'f2']]]],
    ['of a cause that is not told, none', [{ causes: ['gone'] }], [['f0', []]]],
    [
      'of a cause that is over, none',
      [{ kind: 'resolved' }, { causes: ['f0'] }],
      [
        ['f1', []],
        ['f0', []],
      ],
    ],
    [
      'in a circle, none',
      [{ causes: ['f1'] }, { causes: ['f0'] }],
      [
        ['f0', []],
        ['f1', []],
      ],
    ],
    ['of itself, none', [{ causes: ['f0'] }], [['f0', []]]],
    [
      'the worst first',
      [{ verdict: 'warning' }, {}, { kind: 'resolved' }],
      [
        ['f1', []],
        ['f0', []],
        ['f2', []],
      ],
    ],
  ])('%s', (_title, overs, expected) => {
    const { topics } = messageOf(...several(...overs));
    expect(topics.map(({ root, symptoms }) => [root.last.fingerprint, symptoms.map(({ last }) => last.fingerprint)])).toEqual(
      expected,
    );
  });

  it('none is lost, whatever causes what', () => {
    const causes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 3 });
    const kind = fc.constantFrom('opened' as const, 'resolved' as const);
    fc.assert(
      fc.property(
        fc.array(fc.record({ causes, kind, verdict: fc.constantFrom('warning' as const, 'critical' as const) }), {
          maxLength: 8,
        }),
        (overs) => {
          const notices = several(...overs.map((over) => ({ ...over, causes: over.causes.map((index) => `f${index}`) })));
          const { topics } = messageOf(...notices);
          const shown = topics.flatMap(({ root, symptoms }) => [root, ...symptoms]).map(({ last }) => last.id);
          expect(shown.toSorted()).toEqual(notices.map((notice) => notice.id).toSorted());
        },
      ),
    );
  });
});

test('a bad night of 400 findings is a message of bounded size that counts what it leaves out', () => {
  const findings = several(
    ...Array.from({ length: 400 }, (_, index) => ({
      summary: 'é'.repeat(500),
      verdict: index === 399 ? ('critical' as const) : ('warning' as const),
      ...(index % 2 === 0 ? shopAlso : {}),
    })),
  );
  const message = messageOf(...findings);
  const { subject, text, sms } = snsText(message);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16_000);
  expect(text.split('\n').filter((line) => line.startsWith('- ')).length).toBeGreaterThan(5);
  expect(text).toMatch(/^CRITICAL shop in eu-west-1: /);
  const shown = text.split('\n').filter((line) => line.startsWith('- ')).length;
  expect(text).toContain(`And ${400 - shown} more of 400: see the report.`);
  expect([subject, sms]).toEqual([expect.stringMatching(/ \+399 more$/), expect.stringMatching(/ \+399 more$/)]);
  const { content } = chatMessage(message);
  expect(content.description.length).toBeLessThanOrEqual(3_000);
  expect(content.description).toMatch(/And \d+ more: see the report\.\nReport: https:\/\//);
});

test('a heading stands once for each cluster, above what is of it', () => {
  const { text } = snsText(messageOf(...several({}, shopAlso, { verdict: 'warning' })));
  expect(text.match(/^\S+ in eu-west-1, account \d+$/gm)).toEqual([
    'shop in eu-west-1, account 111122223333',
    'web in eu-west-1, account 111122223333',
  ]);
});

describe('the message of Amazon Q', () => {
  it('is a custom notification of version 1.0, in the thread of its finding', () => {
    const opened = chatMessage(messageOf(aNotice()));
    expect(opened).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        nextSteps: ['Run `cniwatch triage --cluster shop --region eu-west-1`', expect.stringMatching(/^Give pods more room/)],
        keywords: ['cniwatch', 'critical', 'shop'],
      },
      metadata: { threadId: 'f1', relatedResources: [aNotice().cluster.arn] },
    });
    const closed = chatMessage(messageOf(aNotice({ id: id(2), kind: 'resolved', sequence: 2 })));
    expect(closed.metadata.threadId).toBe(opened.metadata.threadId);
  });

  it('about several findings has a thread of its own', () => {
    const message = messageOf(...several({}, {}));
    expect(chatMessage(message).metadata.threadId).toBe(message.id);
  });
});

const ATTACKS = [
  '*bold* _it_ ~gone~ `code`',
  '<!channel> <@U123> @here',
  '<https://evil.example|click>',
  '[click](https://evil.example)',
  'www.evil.example http://evil.example',
  'a\r\nSubject: spoof\u0000\u001b[31m\u202e',
];
const HIDDEN = ['\u0000', '\u001b', '\u202e', '\r'];
test.each(ATTACKS)('text of a cluster stays text in a chat: %j', (attack) => {
  const { content, metadata } = chatMessage(messageOf(aNotice({ summary: attack, resource: { kind: 'pod', id: attack } })));
  for (const text of [
    content.title,
    content.description.replace('*CRITICAL*', '').replace(/\nReport: .*/, ''),
    metadata.summary,
  ]) {
    expect(text).not.toMatch(/[*~`<>]|\]\(|:\/\/|@\w|www\./);
    expect(HIDDEN.filter((character) => text.includes(character))).toEqual([]);
    expect(text).not.toMatch(/(^|\W)_\w/);
  }
});

test.each(ATTACKS)('text of a cluster is no link and no line of its own in a mail: %j', (attack) => {
  const { text, subject } = snsText(messageOf(aNotice({ summary: attack, remedy: attack })));
  expect(text.split('Next: ')[0]).not.toMatch(/:\/\/|www\.|^Subject/m);
  expect(HIDDEN.filter((character) => text.includes(character))).toEqual([]);
  expect(subject).toMatch(/^[\x20-\x7e]+$/);
});

test('whatever a cluster is called: the subject is 100 ASCII characters at most, a text message 140', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 12 }), (texts) => {
      const notices = several(
        ...texts.map(([summary, name, resource]) => ({
          summary,
          cluster: { ...aNotice().cluster, name },
          resource: { kind: 'pod' as const, id: resource },
        })),
      );
      const { subject, sms } = snsText(messageOf(...notices));
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect(sms).toMatch(/^[\x20-\x7e]{1,140}$/);
      const { content } = chatMessage(messageOf(...notices));
      expect(content.title.length).toBeLessThanOrEqual(250);
    }),
  );
});

test('a webhook gets every notice as it is, the worst first', () => {
  const notices = several({ verdict: 'warning' }, { kind: 'resolved' }, { summary: '<b>*bold*</b>' });
  expect(webhookBody(messageOf(...notices)).notices.map((notice) => [notice.id, notice.summary])).toEqual([
    [id(2), '<b>*bold*</b>'],
    [id(0), aNotice().summary],
    [id(1), aNotice().summary],
  ]);
});

test('the same notices are the same message, in whatever order they come', () => {
  const [a, b] = several({}, {}) as [FindingNotice, FindingNotice];
  expect(messageOf(a, b).id).toBe(messageOf(b, a).id);
  expect(messageOf(a).id).not.toBe(messageOf(a, b).id);
});

test('a test message says that nothing is wrong, in every form', () => {
  const message = messageOf(testNotice('mail', minute(0)));
  const { subject, text } = snsText(message);
  expect(subject).toMatch(/^TEST of cniwatch: Nothing is wrong\./);
  expect(text).toContain('Nothing is wrong. Somebody asked for a test message, and the target mail got it.');
  expect(chatMessage(message).content.title).toMatch(/^TEST of cniwatch/);
  expect(webhookBody(message)).toMatchObject({ notices: [{ kind: 'test' }] });
});
