import { createHash } from 'node:crypto';
import type { Notice, ServiceNotice } from '#lib/model/notification.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { plural } from '#lib/model/plural.ts';
import { expired, failed } from '#lib/publish/notify/failing.ts';
import type { Claim, NoticeStore, TargetState } from '#lib/publish/notify/notice-store.ts';
import type { SendFailure, Sent } from '#lib/publish/notify/outcome.ts';
import { plan, type Waiting } from '#lib/publish/notify/plan.ts';
import { targetName } from '#lib/publish/notify/target-name.ts';

export interface DeliverPorts {
  readonly store: NoticeStore;
  readonly target: NotificationTarget;
  /** All targets: when this one gives up, the others are told. */
  readonly targets: readonly NotificationTarget[];
  /** Sends one message. Must end well before `leaseMs`. */
  readonly send: (target: NotificationTarget, notices: readonly Notice[]) => Promise<Sent>;
  /** Notices that a message has room for. */
  readonly most: number;
  readonly now: Date;
  /** Whoever sends, different for each call. */
  readonly by: string;
  readonly leaseMs: number;
}

export type Delivered =
  | { readonly outcome: 'nothing' | 'waiting' | 'held' | 'dropped' }
  | { readonly outcome: 'sent'; readonly notices: number; readonly more: boolean }
  | (SendFailure & {
      readonly since: string;
      readonly attempts: number;
      readonly waiting: number;
      /** What was given up, for the log. */
      readonly givenUp: readonly Notice[];
    });

/**
 * Sends a target the message that is due, if one is. Several may do so at once: one of them has the claim. Whoever ends between sending
 * and removing leaves notices that are told again; none is removed that was not told, but what is given up after a day.
 * @throws whatever the store throws
 */
export async function deliver(ports: DeliverPorts): Promise<Delivered> {
  const { store, target, now, most, by, leaseMs } = ports;
  const name = targetName(target);
  const state = await store.read(name);
  if (state.waiting.length === 0) return { outcome: 'nothing' };
  const { tell, drop, more } = plan(state.waiting, { target, progress: state.progress, now, most });
  if (tell.length + drop.length === 0) return { outcome: 'waiting' };
  const until = new Date(now.getTime() + leaseMs);
  const claim = await store.claim(name, { version: state.version, by, now, until });
  if (claim === undefined) return { outcome: 'held' };
  await store.remove(name, drop);
  if (tell.length === 0) {
    await store.settle(claim, state.progress);
    return { outcome: 'dropped' };
  }
  const notices = tell.map(({ notice }) => notice);
  const sent = await ports.send(target, notices);
  if (sent.outcome === 'failed') return keep(state, { claim, failure: sent, ports });
  await store.remove(name, tell);
  await store.settle(claim, { lastSentAt: now.toISOString(), more });
  return { outcome: 'sent', notices: notices.length, more };
}

interface Kept {
  readonly claim: Claim;
  readonly failure: SendFailure;
  readonly ports: DeliverPorts;
}

/** Keeps what could not be told; what could not for a day is handed to the other targets as one notice, and then given up. */
async function keep({ waiting, progress }: TargetState, { claim, failure, ports }: Kept): Promise<Delivered> {
  const { store, now, targets, target } = ports;
  const failing = failed(progress.failing, failure.reason, now);
  const gone = expired(waiting, failing, now);
  if (gone.length > 0) {
    const told = undelivered(targetName(target), gone, { reason: failure.reason, now });
    for (const other of targets) if (other !== target) await store.accept(targetName(other), told, now);
    await store.remove(claim.target, gone);
  }
  await store.settle(claim, { ...progress, failing });
  const { since, attempts } = failing;
  return { ...failure, since, attempts, waiting: waiting.length - gone.length, givenUp: gone.map(({ notice }) => notice) };
}

/** The same for the same notices, however often they are given up. */
function undelivered(name: string, gone: readonly Waiting[], { reason, now }: { reason: string; now: Date }): ServiceNotice {
  const ids = gone.map(({ notice }) => notice.id).sort();
  const id = createHash('sha256')
    .update(JSON.stringify([name, ids]))
    .digest('hex')
    .slice(0, 32);
  const critical = gone.filter(({ notice }) => notice.verdict === 'critical').length;
  return {
    id,
    at: now.toISOString(),
    kind: 'undelivered',
    verdict: critical > 0 ? 'critical' : 'warning',
    summary: `The target ${name} could not be told of ${plural(gone.length, 'change')} for a day, ${critical} of them critical: ${reason}. They are given up; cniwatch check shows what is still bad.`,
  };
}
