import type { Notice } from '#lib/model/notification.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { isWithin } from '#lib/model/time-window.ts';
import { mostUrgentFirst, type Story, storiesOf } from '#lib/publish/notify/stories.ts';

/** A notice as it waits for its message. Times are ISO 8601. */
export interface Waiting {
  readonly notice: Notice;
  readonly acceptedAt: string;
}

/** What is known of a target's messages so far. */
export interface Progress {
  readonly lastSentAt?: string;
  /** The last message had no room for all: the next one need not wait. */
  readonly more?: boolean;
  readonly failing?: Failing;
}

/** Messages fail. */
export interface Failing {
  readonly since: string;
  readonly attempts: number;
  /** The last attempt, and how long the next one waits. */
  readonly at: string;
  readonly pauseMs: number;
  readonly reason: string;
}

export interface Plan {
  /** For one message, now; none where it is too early. */
  readonly tell: readonly Waiting[];
  /** Not to be told at all. */
  readonly drop: readonly Waiting[];
  /** More is due than the message has room for. */
  readonly more: boolean;
}

export interface PlanOptions {
  readonly target: Pick<NotificationTarget, 'batchMinutes' | 'quietHours' | 'resolved'>;
  readonly progress: Progress;
  readonly now: Date;
  /** Notices that a message has room for; a finding's are never parted. */
  readonly most: number;
}

/** What one run finds comes within seconds: a message waits so long for the rest of it. Milliseconds. */
export const SETTLE_MS = 60_000;
const MINUTE_MS = 60_000;

/**
 * What a target is told now. The first notice after a quiet interval goes out at once (but for `SETTLE_MS`); those that follow within
 * `batchMinutes` of a message are one further message at its end. In quiet hours only what is critical now is told.
 */
export function plan(waiting: readonly Waiting[], { target, progress, now, most }: PlanOptions): Plan {
  const byNotice = new Map(waiting.map((each) => [each.notice, each]));
  const rows = (stories: readonly Story[]) =>
    stories.flatMap(({ notices }) => notices).flatMap((told) => byNotice.get(told) ?? []);
  const stories = storiesOf(waiting.map(({ notice }) => notice));
  const closedOnly = ({ notices }: Story) => !target.resolved && notices.every(({ kind }) => kind === 'resolved');
  const drop = rows(stories.filter(closedOnly));
  const quiet = target.quietHours !== undefined && isWithin(target.quietHours, now);
  const ripe = stories.filter((story) => !closedOnly(story) && (!quiet || isUrgent(story)));
  if (ripe.length === 0 || !isDue(rows(ripe), { target, progress, now })) return { tell: [], drop, more: false };
  const fitting = firstThatFit(mostUrgentFirst(ripe), most);
  return { tell: rows(fitting), drop, more: fitting.length < ripe.length };
}

/** Critical and not over. */
const isUrgent = ({ last }: Story): boolean => last.verdict === 'critical' && last.kind !== 'resolved';

/** Whether no wait is left. One that is longer than it can be was begun by a clock that was wrong, and counts for nothing. */
function isDue(ripe: readonly Waiting[], { target: { batchMinutes }, progress, now }: Omit<PlanOptions, 'most'>): boolean {
  const { lastSentAt, more, failing } = progress;
  const isOver = (since: string, wait: number) => {
    const left = Date.parse(since) + wait - now.getTime();
    return left <= 0 || left > wait;
  };
  const interval = batchMinutes * MINUTE_MS;
  const settled = batchMinutes === 0 || ripe.some(({ acceptedAt }) => isOver(acceptedAt, SETTLE_MS));
  const spaced = lastSentAt === undefined || more === true || isOver(lastSentAt, interval);
  return settled && spaced && (failing === undefined || isOver(failing.at, failing.pauseMs));
}

/** As many as fit, one at least. */
function firstThatFit(stories: readonly Story[], most: number): Story[] {
  let count = 0;
  return stories.filter(({ notices }, index) => {
    count += notices.length;
    return index === 0 || count <= most;
  });
}
