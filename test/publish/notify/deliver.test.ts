import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Notice } from '#lib/model/notification.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { deliver } from '#lib/publish/notify/deliver.ts';
import { deliverAll } from '#lib/publish/notify/deliver-all.ts';
import type { NoticeStore } from '#lib/publish/notify/notice-store.ts';
import type { SendFailure, Sent } from '#lib/publish/notify/outcome.ts';
import { aNotice, aTopic, aWebhook, type Hook, id, memoryNotices, minute } from '#test/publish/notify/notices.ts';

const mail = aTopic();
const hook = aWebhook();
const DOWN: SendFailure = { outcome: 'failed', reason: 'hooks.example.com answered 503', remedy: 'Wait.' };
const LEASE_MINUTES = 3;

interface At {
  readonly store: NoticeStore;
  readonly now: Date;
  readonly target?: NotificationTarget;
  readonly by?: string;
  readonly send: (notices: readonly Notice[]) => Promise<Sent>;
}
const attempt = ({ store, now, target = mail, by = 'a', send }: At) =>
  deliver({
    store,
    target,
    targets: [mail, hook],
    send: (_, notices) => send(notices),
    most: 100,
    now,
    by,
    leaseMs: LEASE_MINUTES * 60_000,
  });

/** Takes every message, and remembers what it told. */
function receiver() {
  const messages: string[][] = [];
  const send = async (notices: readonly Notice[]): Promise<Sent> => {
    messages.push(notices.map((notice) => notice.id));
    return { outcome: 'sent' };
  };
  return { messages, send };
}

test('a bad night is one message, and what follows is one more at the end of the interval', async () => {
  const notices = memoryNotices();
  const store = notices.store();
  const { messages, send } = receiver();
  const accept = (from: number, to: number, at: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, index) => {
        const number = from + index;
        return store.accept('mail', aNotice({ id: id(number), fingerprint: `f${number}` }), minute(at));
      }),
    );
  await accept(0, 40, 0);
  await accept(0, 40, 0);
  expect(await attempt({ store, now: minute(0), send })).toEqual({ outcome: 'waiting' });
  expect(await attempt({ store, now: minute(1), send })).toEqual({ outcome: 'sent', notices: 40, more: false });
  await accept(40, 60, 2);
  for (let at = 2; at < 16; at++) expect(await attempt({ store, now: minute(at), send })).toEqual({ outcome: 'waiting' });
  expect(await attempt({ store, now: minute(16), send })).toEqual({ outcome: 'sent', notices: 20, more: false });
  expect(await attempt({ store, now: minute(17), send })).toEqual({ outcome: 'nothing' });
  expect(messages.map((message) => message.length)).toEqual([40, 20]);
});

describe('a target that fails', () => {
  it('is tried again after pauses that double up to a quarter of an hour, with all that came since', async () => {
    const store = memoryNotices().store();
    await store.accept('hook', aNotice(), minute(0));
    const attempts: number[] = [];
    for (let at = 1; at < 80; at++) {
      if (at === 20) await store.accept('hook', aNotice({ id: id(2), fingerprint: 'f2' }), minute(at));
      const { outcome } = await attempt({ store, now: minute(at), target: hook, send: async () => DOWN });
      if (outcome === 'failed') attempts.push(at);
    }
    expect(attempts).toEqual([1, 2, 4, 8, 16, 31, 46, 61, 76]);
    const { messages, send } = receiver();
    expect(await attempt({ store, now: minute(91), target: hook, send })).toMatchObject({ outcome: 'sent', notices: 2 });
    expect(messages).toEqual([[id(1), id(2)]]);
  });

  it('is given up for what waited a day, which the other targets are told, and nothing else is lost', async () => {
    const notices = memoryNotices();
    const store = notices.store();
    await store.accept('hook', aNotice(), minute(0));
    const send = async () => DOWN;
    expect(await attempt({ store, now: minute(1), target: hook, send })).toMatchObject({
      outcome: 'failed',
      givenUp: [],
      waiting: 1,
    });
    await store.accept('hook', aNotice({ id: id(2), fingerprint: 'f2' }), minute(600));
    const day = await attempt({ store, now: minute(24 * 60 + 1), target: hook, send });
    expect(day).toMatchObject({ outcome: 'failed', attempts: 2, waiting: 1, givenUp: [{ id: id(1) }] });
    expect(notices.waiting('hook').map((notice) => notice.id)).toEqual([id(2)]);
    expect(notices.waiting('mail')).toMatchObject([
      {
        kind: 'undelivered',
        verdict: 'critical',
        summary: expect.stringContaining('hook could not be told of 1 change for a day'),
      },
    ]);
  });

  it('holds nobody else up, and is counted', async () => {
    const store = memoryNotices().store();
    for (const target of ['mail', 'hook']) await store.accept(target, aNotice(), minute(0));
    const send = async ({ kind }: NotificationTarget): Promise<Sent> => (kind === 'webhook' ? DOWN : { outcome: 'sent' });
    const hub = { account: '111122223333', region: 'eu-west-1' };
    const all = await deliverAll([hook, mail], { store, send, now: minute(1), by: 'a', leaseMs: 1, hub });
    expect(all.targets).toMatchObject([
      { target: 'hook', outcome: 'failed', reason: DOWN.reason },
      { target: 'mail', outcome: 'sent' },
    ]);
    expect(all.metrics).toMatchObject([{ name: 'NotificationsFailed', value: 1 }]);
  });

  it('is counted too where its rows could not be read', async () => {
    const store: NoticeStore = { ...memoryNotices().store(), read: () => Promise.reject(new Error('throttled')) };
    const hub = { account: '111122223333', region: 'eu-west-1' };
    const send = async (): Promise<Sent> => ({ outcome: 'sent' });
    const all = await deliverAll([mail], { store, send, now: minute(1), by: 'a', leaseMs: 1, hub });
    expect(all).toMatchObject({ targets: [{ outcome: 'unread', reason: 'Error: throttled' }], metrics: [{ value: 1 }] });
  });
});

class Crash extends Error {}

/** Ends at the call of that number, before or after it took effect. */
function crashAt(number: number): Hook {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls === number) throw new Crash();
  };
}

test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
  'whoever ends at step %i loses nothing: the next one tells it when the claim has run out',
  async (step) => {
    const notices = memoryNotices();
    const { messages, send } = receiver();
    await notices.store().accept('mail', aNotice(), minute(0));
    const store = notices.store(crashAt(step));
    const crashed = await attempt({ store, now: minute(1), send }).then(
      () => false,
      (error) => error instanceof Crash,
    );
    const toldBefore = messages.length;
    for (const at of [2, 1 + LEASE_MINUTES, 20]) await attempt({ store: notices.store(), now: minute(at), by: `b${at}`, send });
    expect(messages.flat()).toContain(id(1));
    expect(messages.length).toBeLessThanOrEqual(crashed ? toldBefore + 1 : 1);
    expect(notices.waiting('mail')).toEqual([]);
  },
);

test('under any interleaving of several senders, and whoever of them ends midway: none is lost, and none is told twice without such an end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 2, max: 4 }),
      fc.array(fc.option(fc.integer({ min: 1, max: 12 }), { nil: 99 }), { minLength: 4, maxLength: 4 }),
      fc.integer({ min: 1, max: 12 }),
      async (scheduler, senders, crashes, count) => {
        const notices = memoryNotices();
        const told: string[] = [];
        const send = async (sent: readonly Notice[]): Promise<Sent> => {
          await scheduler.schedule(Promise.resolve(), 'send');
          told.push(...sent.map((notice) => notice.id));
          await scheduler.schedule(Promise.resolve(), 'answer');
          return { outcome: 'sent' };
        };
        const hooked = (crash: number): Hook => {
          const ends = crashAt(crash);
          return async (moment, call) => {
            await scheduler.schedule(Promise.resolve(), call);
            await ends(moment, call);
          };
        };
        for (let index = 0; index < count; index++)
          await notices
            .store()
            .accept('mail', aNotice({ id: id(index), fingerprint: `f${index % 5}`, sequence: index }), minute(0));
        const late = aNotice({ id: id(99), fingerprint: 'late' });
        const running = Array.from({ length: senders }, (_, index) =>
          attempt({ store: notices.store(hooked(crashes[index] ?? 99)), now: minute(1), by: `s${index}`, send }).catch(
            (error) => {
              if (!(error instanceof Crash)) throw error;
              return 'crashed' as const;
            },
          ),
        );
        running.push(
          notices
            .store(hooked(99))
            .accept('mail', late, minute(1))
            .then(() => ({ outcome: 'nothing' as const })),
        );
        await scheduler.waitFor(Promise.all(running));
        const crashed = (await Promise.all(running)).filter((each) => each === 'crashed').length;
        const calm = async (sent: readonly Notice[]): Promise<Sent> => {
          told.push(...sent.map((notice) => notice.id));
          return { outcome: 'sent' };
        };
        for (const at of [10, 30, 60]) await attempt({ store: notices.store(), now: minute(at), by: `z${at}`, send: calm });
        const expected = [...Array.from({ length: count }, (_, index) => id(index)), id(99)];
        expect([...new Set(told)].sort()).toEqual(expected.sort());
        expect(notices.waiting('mail')).toEqual([]);
        if (crashed === 0) expect(told).toHaveLength(expected.length);
      },
    ),
    { numRuns: 200 },
  );
});
