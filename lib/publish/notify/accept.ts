import * as z from 'zod';
import { FINDING_EVENTS, type FindingEventDetail, type FindingEventType } from '#lib/model/event.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import type { ClusterTags } from '#lib/model/target-match.ts';
import { noticeOf } from '#lib/publish/notify/notice.ts';
import type { NoticeStore } from '#lib/publish/notify/notice-store.ts';
import { targetName } from '#lib/publish/notify/target-name.ts';
import { isWanted } from '#lib/publish/notify/wanted.ts';

export interface AcceptPorts {
  readonly store: NoticeStore;
  readonly targets: readonly NotificationTarget[];
  /** Tags of a cluster as a run knew them; asked only where a target goes by tags. */
  readonly tagsOf: (runId: string, clusterArn: string) => Promise<ClusterTags>;
  readonly now: Date;
}

const TYPES = Object.keys(FINDING_EVENTS) as [FindingEventType, ...FindingEventType[]];
const envelope = z.object({ 'detail-type': z.enum(TYPES), detail: z.unknown() });

/**
 * Keeps what an event tells for every target that is to know of it. A repeat of the event changes nothing.
 * @param body an event of the bus as EventBridge delivers it, JSON
 * @returns how many targets it is new for
 * @throws for what is no event of this version, and whatever the store throws: nothing may be given up then
 */
export async function accept(body: string, { store, targets, tagsOf, now }: AcceptPorts): Promise<number> {
  const { 'detail-type': type, detail } = envelope.parse(JSON.parse(body));
  const notice = noticeOf(type, FINDING_EVENTS[type].parse(detail) as FindingEventDetail);
  const byTags = targets.some(({ match }) => match.tags !== undefined);
  const tags = byTags ? await tagsOf(notice.runId, notice.cluster.arn) : undefined;
  let accepted = 0;
  for (const target of targets) {
    if (isWanted(notice, target, tags) && (await store.accept(targetName(target), notice, now))) accepted += 1;
  }
  return accepted;
}
