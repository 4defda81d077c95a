import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Notice, notice } from '#lib/model/notification.ts';
import type { TargetState } from '#lib/publish/notify/notice-store.ts';
import type { Progress, Waiting } from '#lib/publish/notify/plan.ts';
import { type Key, type Row, RowUnreadable, TTL_ATTRIBUTE } from '#lib/publish/state/state-rows.ts';

/**
 * Rows of the one table for what targets are told:
 *
 *   pk                   sk                 what
 *   NOTIFY#<target>      #HEAD              its last message, what fails, and who sends now
 *   NOTIFY#<target>      NOTICE#<id>        a notice that waits for its message
 *   NOTIFIED#<target>    <id>               a notice that was ever accepted, so that a repeat of its event is none
 *
 * `#HEAD` sorts first: whatever is removed after it was read has raised the version that the claim then demands.
 */
const HEAD = '#HEAD';
const DAY_SECONDS = 24 * 3_600;
/** A target that is gone from the configuration leaves its notices behind. */
const WAITING_DAYS = 30;
/** EventBridge retries for a day and a queue keeps for fourteen (EventBridge user guide, "Retrying event delivery"). */
const ACCEPTED_DAYS = 21;

export const targetPartition = (target: string): string => `NOTIFY#${target}`;
export const targetHeadKey = (target: string): Key => ({ pk: targetPartition(target), sk: HEAD });
export const noticeKey = (target: string, id: string): Key => ({ pk: targetPartition(target), sk: `NOTICE#${id}` });

const expiry = (at: Date, days: number) => Math.floor(at.getTime() / 1_000) + days * DAY_SECONDS;
const marshalled = (row: object): Row => marshall(row, { removeUndefinedValues: true });

export function noticeRow(target: string, { notice: told, acceptedAt }: Waiting): Row {
  const expiresAt = expiry(new Date(acceptedAt), WAITING_DAYS);
  return marshalled({ ...noticeKey(target, told.id), notice: told, acceptedAt, [TTL_ATTRIBUTE]: expiresAt });
}

export function acceptedRow(target: string, id: string, at: Date): Row {
  return marshalled({ pk: `NOTIFIED#${target}`, sk: id, [TTL_ATTRIBUTE]: expiry(at, ACCEPTED_DAYS) });
}

const failing = z.object({
  since: z.string(),
  attempts: z.number(),
  at: z.string(),
  pauseMs: z.number(),
  reason: z.string(),
});
const headFields = z.object({
  version: z.number().int(),
  progress: z.object({ lastSentAt: z.string().optional(), more: z.boolean().optional(), failing: failing.optional() }),
});
const noticeFields = z.object({ notice, acceptedAt: z.string() });

/** What the rows of a target come to. @throws RowUnreadable */
export function readTargetRows(rows: readonly Row[]): TargetState {
  const [head] = rows.filter(({ sk }) => sk?.S === HEAD);
  const { version, progress } = head === undefined ? { version: 0, progress: {} } : parsed(headFields, head);
  const waiting = rows.filter((row) => row !== head).map((row) => parsed(noticeFields, row) as Waiting & { notice: Notice });
  return { waiting, progress: progress as Progress, version };
}

export const progressValue = (progress: Progress): AttributeValue => ({ M: marshalled(progress) });

function parsed<T>(schema: z.ZodType<T>, row: Row): T {
  const result = schema.safeParse(unmarshall(row));
  if (result.success) return result.data;
  throw new RowUnreadable(
    `the row ${row['pk']?.S} ${row['sk']?.S} is none that this version of cniwatch writes (update it, or delete the row): ${z.prettifyError(result.error)}`,
  );
}
