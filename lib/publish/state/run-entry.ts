import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Hub } from '#lib/publish/hub.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { enterRun } from '#lib/publish/state/enter-run.ts';
import { type Lease, runSkipped } from '#lib/publish/state/run-lease.ts';
import { isRunning } from '#lib/publish/state/running.ts';

export const ENTRY_PERMISSIONS: Permissions = {
  aws: [{ action: 'states:DescribeExecution', resource: 'execution' }],
  kubernetes: [],
};

export interface Start {
  readonly runId: string;
  /** ISO 8601: when the schedule meant it to start. */
  readonly scheduledAt: string;
  /** The ARN of the run's own execution. */
  readonly execution: string;
}

/** `unguarded` says why the lease could not be asked for. */
export type Entered = Lease | { readonly outcome: 'acquired'; readonly unguarded: string };

/**
 * The way into the deployed hub's runs, one at a time: lets a run in, or counts that it was skipped. Two runs at once cost calls; a fleet
 * that nobody looks at costs more. Clients are made once, since making them takes a while.
 */
export function runEntry(hub: Hub): (start: Start) => Promise<Entered> {
  const { region } = hub;
  const settings = { region, retryMode: 'standard', maxAttempts: 5 };
  const at = { dynamodb: new DynamoDBClient(settings), table: hub.table };
  const sfn = new SFNClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  return async ({ runId, scheduledAt, execution }) => {
    const now = new Date();
    try {
      const lease = await enterRun(at, { runId, scheduledAt, now }, (other) => isRunning(sfn, execution, other));
      if (lease.outcome !== 'acquired') await putMetrics([runSkipped(hub)], { cloudwatch, at: now });
      return lease;
    } catch (error) {
      return { outcome: 'acquired', unguarded: `${(error as Error).name}: ${(error as Error).message}` };
    }
  };
}
