import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Hub } from '#lib/publish/hub.ts';
import { releaseRunLease } from '#lib/publish/state/run-lease.ts';

/**
 * The way out of the deployed hub's runs: lets the next one in at once. What goes wrong here is undone by the next start, which sees that
 * this run is over. The client is made once, since making it takes a while.
 */
export function runExit({ region, table }: Pick<Hub, 'region' | 'table'>): (runId: string) => Promise<boolean> {
  const at = { dynamodb: new DynamoDBClient({ region, retryMode: 'standard', maxAttempts: 5 }), table };
  return (runId) => releaseRunLease(at, { runId, now: new Date() }).catch(() => false);
}
