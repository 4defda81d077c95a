import { ConditionalCheckFailedException, DeleteItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { PendingEvent } from '#lib/model/event.ts';
import type { StateTable } from '#lib/publish/state/dynamo-scope-store.ts';
import { eventKey, OUTBOX_PARTITIONS, readEventRow } from '#lib/publish/state/state-rows.ts';

/** Events that are written and perhaps not told yet. */
export interface Outbox {
  /** Those that are left, of whatever run, the oldest of a partition first; a page at a time. */
  pending(): AsyncIterable<readonly PendingEvent[]>;
  /** It is told, and need not be told again. Once more changes nothing. */
  told(event: PendingEvent): Promise<void>;
}

export function dynamoOutbox(at: StateTable): Outbox {
  return { pending: () => pending(at), told: (event) => told(at, event) };
}

const sendOptions = ({ signal }: StateTable) => (signal ? { abortSignal: signal } : {});

async function* pending(at: StateTable): AsyncGenerator<readonly PendingEvent[]> {
  for (const partition of OUTBOX_PARTITIONS) {
    const query = {
      TableName: at.table,
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': { S: partition } },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client: at.dynamodb }, query, sendOptions(at))) {
      if (Items.length > 0) yield Items.map(readEventRow);
    }
  }
}

async function told(at: StateTable, event: PendingEvent): Promise<void> {
  const Key = marshall(eventKey(event));
  try {
    const ConditionExpression = 'attribute_exists(pk)';
    await at.dynamodb.send(new DeleteItemCommand({ TableName: at.table, Key, ConditionExpression }), sendOptions(at));
  } catch (error) {
    // Another run told it as well, and was faster.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
