/** Notices, targets and a store in memory for the tests of notifications. */
import type { FindingNotice, Notice } from '#lib/model/notification.ts';
import type { NotificationTarget, SnsTarget, WebhookTarget } from '#lib/model/notification-target.ts';
import { clusterArn } from '#lib/model/target.ts';
import type { Claim, NoticeStore, TargetState } from '#lib/publish/notify/notice-store.ts';
import type { Progress, Waiting } from '#lib/publish/notify/plan.ts';
import { ACCOUNT, NOW, REGION } from '#test/scenarios/slices.ts';

export const minute = (count: number): Date => new Date(Date.parse(NOW) + count * 60_000);
export const id = (number: number): string => number.toString(16).padStart(32, '0');

export function aNotice(over: Partial<FindingNotice> = {}): FindingNotice {
  return {
    id: id(1),
    kind: 'opened',
    at: minute(0).toISOString(),
    verdict: 'critical',
    summary: '3 of 251 addresses are free (98.8 % used).',
    sequence: 1,
    runId: 'run-0',
    cluster: { account: ACCOUNT, region: REGION, name: 'shop', arn: clusterArn(ACCOUNT, REGION, 'shop') },
    check: 'subnet-ip-exhaustion',
    resource: { kind: 'subnet', id: 'subnet-0abc', name: 'pods-a' },
    fingerprint: 'f1',
    openedAt: minute(0).toISOString(),
    causes: [],
    timeToImpact: 'hours',
    hoursToExhaustion: 3.5,
    remediation: 'add-pod-subnet',
    ...over,
  };
}

const told = { minimumSeverity: 'warning', batchMinutes: 15, resolved: true, match: {} } as const;
export const aTopic = (over: Partial<SnsTarget> = {}): SnsTarget => ({
  kind: 'sns',
  name: 'mail',
  topic: `arn:aws:sns:${REGION}:${ACCOUNT}:oncall`,
  ...told,
  ...over,
});
export const aWebhook = (over: Partial<WebhookTarget> = {}): WebhookTarget => ({
  kind: 'webhook',
  name: 'hook',
  url: 'https://hooks.example.com/cniwatch',
  secret: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:hook-AbCdEf`,
  ...told,
  ...over,
});
export const waiting = (notice: Notice, acceptedAt: Date = minute(0)): Waiting => ({
  notice,
  acceptedAt: acceptedAt.toISOString(),
});
export const planned = (target: Partial<NotificationTarget>) => ({ batchMinutes: 15, resolved: true, ...target });

/** Called before and after each call takes effect; a throw is a crash there. */
export type Hook = (moment: 'before' | 'after', call: string) => Promise<void>;

interface Rows {
  version: number;
  progress: Progress;
  claim: { by: string; until: number } | undefined;
  readonly waiting: Map<string, Waiting>;
  readonly accepted: Set<string>;
}

/** The conditions of the table, in memory. */
export function memoryNotices() {
  const targets = new Map<string, Rows>();
  const of = (target: string): Rows => {
    const found = targets.get(target) ?? { version: 0, progress: {}, claim: undefined, waiting: new Map(), accepted: new Set() };
    targets.set(target, found);
    return found;
  };
  const hooked = async <T>(hook: Hook | undefined, call: string, effect: () => T): Promise<T> => {
    await hook?.('before', call);
    const result = effect();
    await hook?.('after', call);
    return result;
  };
  const accept = (target: string, notice: Notice, at: Date): boolean => {
    const rows = of(target);
    if (rows.accepted.has(notice.id)) return false;
    rows.accepted.add(notice.id);
    rows.waiting.set(notice.id, waiting(notice, at));
    return true;
  };
  const read = (target: string): TargetState => {
    const { version, progress, waiting: left } = of(target);
    return { version, progress, waiting: [...left.values()] };
  };
  const claim = (target: string, wanted: { version: number; by: string; now: Date; until: Date }): Claim | undefined => {
    const rows = of(target);
    if (rows.version !== wanted.version || (rows.claim !== undefined && rows.claim.until > wanted.now.getTime()))
      return undefined;
    rows.version += 1;
    rows.claim = { by: wanted.by, until: wanted.until.getTime() };
    return { target, by: wanted.by, version: rows.version };
  };
  const settle = ({ target, by, version }: Claim, progress: Progress): void => {
    const rows = of(target);
    if (rows.claim?.by !== by || rows.version !== version) return;
    Object.assign(rows, { claim: undefined, version: version + 1, progress });
  };
  const remove = (target: string, gone: readonly Waiting[]): void => {
    for (const { notice } of gone) of(target).waiting.delete(notice.id);
  };
  return {
    waiting: (target: string): Notice[] => [...of(target).waiting.values()].map(({ notice }) => notice),
    progress: (target: string): Progress => of(target).progress,
    store: (hook?: Hook): NoticeStore => ({
      accept: (...call) => hooked(hook, 'accept', () => accept(...call)),
      read: (...call) => hooked(hook, 'read', () => read(...call)),
      claim: (...call) => hooked(hook, 'claim', () => claim(...call)),
      remove: (...call) => hooked(hook, 'remove', () => remove(...call)),
      settle: (...call) => hooked(hook, 'settle', () => settle(...call)),
    }),
  };
}
