import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pLimit from 'p-limit';
import {
  acceptedRow,
  noticeKey,
  noticeRow,
  progressValue,
  readTargetRows,
  targetHeadKey,
  targetPartition,
} from '#lib/publish/notify/notice-rows.ts';
import type { NoticeStore } from '#lib/publish/notify/notice-store.ts';
import type { StateTable } from '#lib/publish/state/dynamo-scope-store.ts';
import type { Row } from '#lib/publish/state/state-rows.ts';

/** Deletions under way at once. */
const CONCURRENCY = 10;
const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };

/** Notices in the one table of the hub. */
export function dynamoNoticeStore({ dynamodb, table: TableName, signal }: StateTable): NoticeStore {
  const options = signal ? { abortSignal: signal } : {};
  return {
    async accept(target, notice, at) {
      const accepted = { Put: { TableName, Item: acceptedRow(target, notice.id, at), ...ABSENT } };
      const waiting = { Put: { TableName, Item: noticeRow(target, { notice, acceptedAt: at.toISOString() }) } };
      try {
        await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [accepted, waiting] }), options);
        return true;
      } catch (error) {
        if (wasAccepted(error)) return false;
        throw error;
      }
    },

    async read(target) {
      const rows: Row[] = [];
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :target',
        ExpressionAttributeValues: { ':target': { S: targetPartition(target) } },
        ConsistentRead: true,
      };
      for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query, options)) rows.push(...Items);
      return readTargetRows(rows);
    },

    async claim(target, { version, by, now, until }) {
      const lease = until.getTime() - now.getTime();
      const update = new UpdateItemCommand({
        TableName,
        Key: marshall(targetHeadKey(target)),
        UpdateExpression:
          'SET version = :next, claimedBy = :by, claimedUntil = :until, progress = if_not_exists(progress, :none)',
        // A claim that ends later than one can was made by a clock that was wrong.
        ConditionExpression: `${version === 0 ? 'attribute_not_exists(pk)' : 'version = :version'} AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now OR claimedUntil > :longest)`,
        ExpressionAttributeValues: marshall({
          ':next': version + 1,
          ':by': by,
          ':until': until.getTime(),
          ':now': now.getTime(),
          ':longest': now.getTime() + 2 * lease,
          ':none': {},
          ...(version === 0 ? {} : { ':version': version }),
        }),
      });
      const claim = { target, by, version: version + 1 };
      return (await unlessRefused(dynamodb.send(update, options))) ? claim : undefined;
    },

    async remove(target, waiting) {
      const limit = pLimit(CONCURRENCY);
      const remove = (id: string) =>
        dynamodb.send(new DeleteItemCommand({ TableName, Key: marshall(noticeKey(target, id)) }), options);
      await Promise.all(waiting.map(({ notice }) => limit(() => remove(notice.id))));
    },

    async settle({ target, by, version }, progress) {
      const put = new PutItemCommand({
        TableName,
        Item: { ...marshall({ ...targetHeadKey(target), version: version + 1 }), progress: progressValue(progress) },
        ConditionExpression: 'claimedBy = :by AND version = :version',
        ExpressionAttributeValues: marshall({ ':by': by, ':version': version }),
      });
      await unlessRefused(dynamodb.send(put, options));
    },
  };
}

/** Whether a conditional write was done: its condition may not hold any more. */
async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Whether the first of the transaction's two puts was refused by its condition, and nothing else went wrong. */
function wasAccepted(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const [accepted, waiting] = error.CancellationReasons ?? [];
  return accepted?.Code === 'ConditionalCheckFailed' && (waiting?.Code ?? 'None') === 'None';
}
