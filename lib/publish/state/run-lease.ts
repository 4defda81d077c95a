import {
  type AttributeValue,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Metric } from '#lib/model/metric.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Target } from '#lib/model/target.ts';
import type { StateTable } from '#lib/publish/state/dynamo-scope-store.ts';
import { LEASE_KEY, TTL_ATTRIBUTE } from '#lib/publish/state/state-rows.ts';

export const LEASE_PERMISSIONS: Permissions = {
  aws: [
    { action: 'dynamodb:PutItem', resource: 'table' },
    { action: 'dynamodb:UpdateItem', resource: 'table' },
  ],
  kubernetes: [],
};

export interface LeaseRequest {
  readonly runId: string;
  /** The time that the schedule meant, ISO 8601: the scheduler delivers a start at least once, and a second one bears the same. */
  readonly scheduledAt: string;
  readonly now: Date;
  /** How long a run may take. One that dies holds the fleet no longer than this. */
  readonly ttlSeconds: number;
  /** A run that is known to be over, and whose lease may be taken. */
  readonly insteadOf?: string;
}

export type Lease =
  | { readonly outcome: 'acquired' }
  /** Another run is under way, until it releases the lease or `until` (ISO 8601) passes. */
  | { readonly outcome: 'held'; readonly by: string; readonly until: string }
  /** This start was delivered before, and its run is over. */
  | { readonly outcome: 'repeated'; readonly by: string };

/**
 * Lets one run at a time look at the fleet: EventBridge Scheduler starts runs without asking whether the last one is over. Asking again
 * for the same run extends its lease.
 * @throws whatever the client throws
 */
export async function acquireRunLease(
  at: StateTable,
  { runId, scheduledAt, now, ttlSeconds, insteadOf = runId }: LeaseRequest,
): Promise<Lease> {
  const seconds = Math.floor(now.getTime() / 1_000);
  const put = new PutItemCommand({
    TableName: at.table,
    Item: marshall({
      ...LEASE_KEY,
      holder: runId,
      scheduledAt,
      until: seconds + ttlSeconds,
      [TTL_ATTRIBUTE]: expiry(seconds, ttlSeconds),
    }),
    ConditionExpression: 'attribute_not_exists(pk) OR holder IN (:run, :over) OR (#until <= :now AND scheduledAt <> :scheduled)',
    ExpressionAttributeNames: { '#until': 'until' },
    ExpressionAttributeValues: marshall({ ':run': runId, ':over': insteadOf, ':now': seconds, ':scheduled': scheduledAt }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await at.dynamodb.send(put, at.signal ? { abortSignal: at.signal } : {});
    return { outcome: 'acquired' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
    return refused(error.Item, seconds);
  }
}

/**
 * Ends a run's lease at once. What remains of it tells a repeated start. A lease that another run holds is left alone.
 * @returns whether the run held it
 * @throws whatever the client throws
 */
export async function releaseRunLease(at: StateTable, { runId, now }: Pick<LeaseRequest, 'runId' | 'now'>): Promise<boolean> {
  const update = new UpdateItemCommand({
    TableName: at.table,
    Key: marshall(LEASE_KEY),
    UpdateExpression: 'SET #until = :now',
    ConditionExpression: 'holder = :run',
    ExpressionAttributeNames: { '#until': 'until' },
    ExpressionAttributeValues: marshall({ ':run': runId, ':now': Math.floor(now.getTime() / 1_000) }),
  });
  try {
    await at.dynamodb.send(update, at.signal ? { abortSignal: at.signal } : {});
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** What a run that was skipped says of itself, under the hub's own account and Region. */
export function runSkipped({ account: Account, region: Region }: Pick<Target, 'account' | 'region'>): Metric {
  return { name: 'RunSkipped', unit: 'Count', dimensions: { Account, Region }, value: 1 };
}

/** A day longer than the lease itself: so long a repeated start is known. */
const expiry = (seconds: number, ttlSeconds: number) => seconds + ttlSeconds + 24 * 3_600;

function refused(item: Record<string, AttributeValue>, now: number): Lease {
  const { holder, until } = unmarshall(item) as { holder: string; until: number };
  return until > now
    ? { outcome: 'held', by: holder, until: new Date(until * 1_000).toISOString() }
    : { outcome: 'repeated', by: holder };
}
