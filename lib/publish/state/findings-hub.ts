import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
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
  /** The hub's own, for metrics about it. */
  readonly account: string;
  readonly region: string;
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

/**
 * Of the time that a check has left, at most so much goes to findings, so that what is to be said of them is still said. What is cut off
 * is made up for by the end of the run, or by the next one. Milliseconds.
 */
const MOST_OF_A_CHECK = 12_000;

/** The deployed hub's findings, for as long as a signal lets it: clients are made once, since making them takes a while. */
export function findingsHub(
  { account, region, table, eventBus: bus }: Hub,
  credentials?: AwsCredentialIdentityProvider,
): (signal?: AbortSignal) => FindingsHub {
  const settings = {
    region,
    ...(credentials ? { credentials } : {}),
    retryMode: 'standard',
    // Throttling passes by within a second or two, unless something is wrong.
    maxAttempts: 5,
    // Milliseconds.
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  const dynamodb = new DynamoDBClient(settings);
  const eventBridge = new EventBridgeClient(settings);
  return (signal) => {
    const within = signal ? { signal: AbortSignal.any([signal, AbortSignal.timeout(MOST_OF_A_CHECK)]) } : {};
    const at = { dynamodb, table, ...within };
    return { store: dynamoScopeStore(at), outbox: dynamoOutbox(at), bus: { eventBridge, bus, ...within }, account, region };
  };
}
