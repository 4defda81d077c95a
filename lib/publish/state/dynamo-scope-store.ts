import {
  type DynamoDBClient,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { FindingState } from '#lib/model/finding-state.ts';
import type { Change, Head, ScopeState, ScopeStore, ScopeWrite, Written } from '#lib/publish/state/scope-store.ts';
import { eventRow, headRow, readScopeRow, scopePartition, stateRow } from '#lib/publish/state/state-rows.ts';

export interface StateTable {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

const sendOptions = ({ signal }: StateTable) => (signal ? { abortSignal: signal } : {});

/** Scopes in DynamoDB: a read of all their rows, consistent, and a transaction for each write. */
export function dynamoScopeStore(at: StateTable): ScopeStore {
  return { read: (scope) => read(at, scope), write: (scope, change) => write(at, scope, change) };
}

async function read(at: StateTable, scope: string): Promise<ScopeState> {
  let head: Head | undefined;
  const states = new Map<string, FindingState>();
  const query = {
    TableName: at.table,
    KeyConditionExpression: 'pk = :scope',
    ExpressionAttributeValues: { ':scope': { S: scopePartition(scope) } },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: at.dynamodb }, query, sendOptions(at))) {
    for (const row of Items) {
      const found = readScopeRow(row);
      if ('head' in found) head = found.head;
      else states.set(found.state.fingerprint, found.state);
    }
  }
  return { head, states };
}

async function write(at: StateTable, scope: string, { head, expected, changes }: ScopeWrite): Promise<Written> {
  const headPut: TransactWriteItem = {
    Put: {
      TableName: at.table,
      Item: headRow(scope, head),
      ...(expected === undefined ? ABSENT : unchanged('version', { N: String(expected) })),
    },
  };
  const TransactItems = [headPut, ...changes.flatMap((change) => puts(at.table, scope, change))];
  try {
    await at.dynamodb.send(new TransactWriteItemsCommand({ TransactItems }), sendOptions(at));
    return 'written';
  } catch (error) {
    if (error instanceof TransactionCanceledException) return whyCancelled(error);
    throw error;
  }
}

function puts(TableName: string, scope: string, { previous, state, event }: Change): TransactWriteItem[] {
  const condition = previous === undefined ? ABSENT : unchanged('changedBy', { S: previous.changedBy });
  const statePut = { Put: { TableName, Item: stateRow(scope, state), ...condition } };
  return event === undefined ? [statePut] : [statePut, { Put: { TableName, Item: eventRow(event), ...ABSENT } }];
}

const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };

function unchanged(name: string, value: { S: string } | { N: string }) {
  return {
    ConditionExpression: '#was = :was',
    ExpressionAttributeNames: { '#was': name },
    ExpressionAttributeValues: { ':was': value },
  };
}

/**
 * Why a transaction was cancelled, one code an item: a condition that no longer holds, and another transaction under way on the same
 * rows, are conflicts. The SDK repeats a throttled request, and not a transaction that was cancelled by throttling.
 * Source: DynamoDB API reference, TransactWriteItems, "TransactionCanceledException".
 */
function whyCancelled(error: TransactionCanceledException): Written {
  const codes = new Set((error.CancellationReasons ?? []).flatMap(({ Code }) => (Code && Code !== 'None' ? [Code] : [])));
  if (codes.size === 0 || !codes.isSubsetOf(PASSING)) throw error;
  return codes.isSubsetOf(CONFLICTS) ? 'conflict' : 'throttled';
}

const CONFLICTS: ReadonlySet<string> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);
const PASSING: ReadonlySet<string> = new Set([...CONFLICTS, 'ThrottlingError', 'ProvisionedThroughputExceeded']);
