import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Hub } from '#lib/publish/hub.ts';
import { dynamoScopeStore } from '#lib/publish/state/dynamo-scope-store.ts';
import { dynamoOutbox, type Outbox } from '#lib/publish/state/outbox.ts';
import type { ScopeStore } from '#lib/publish/state/scope-store.ts';
import type { EventBus } from '#lib/publish/state/tell.ts';

/** Where findings are kept and told. */
export interface FindingsHub {
  readonly store: ScopeStore;
  readonly outbox: Outbox;
  readonly bus: EventBus;
}

/** A transaction of puts needs the permission of a put (DynamoDB developer guide, "Using IAM with DynamoDB transactions"). */
export const FINDINGS_PERMISSIONS: Permissions = {
  aws: [
    { action: 'dynamodb:Query', resource: 'table' },
    { action: 'dynamodb:PutItem', resource: 'table' },
    { action: 'dynamodb:DeleteItem', resource: 'table' },
    { action: 'events:PutEvents', resource: 'event-bus' },
  ],
  kubernetes: [],
};

export interface HubClients {
  readonly dynamodb: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
}

export function hubClients({ region }: Pick<Hub, 'region'>): HubClients {
  const settings = {
    region,
    retryMode: 'standard',
    // Throttling passes by within a second or two, unless something is wrong.
    maxAttempts: 5,
    // Milliseconds.
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  return { dynamodb: new DynamoDBClient(settings), eventBridge: new EventBridgeClient(settings) };
}

/** The deployed hub's findings; `signal` ends what is under way. */
export function findingsHub(
  { table, eventBus: bus }: Hub,
  { dynamodb, eventBridge }: HubClients,
  signal?: AbortSignal,
): FindingsHub {
  const within = signal ? { signal } : {};
  const at = { dynamodb, table, ...within };
  return { store: dynamoScopeStore(at), outbox: dynamoOutbox(at), bus: { eventBridge, bus, ...within } };
}
