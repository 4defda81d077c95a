import type { StateTable } from '#lib/publish/state/dynamo-scope-store.ts';
import { acquireRunLease, type Lease, type LeaseRequest } from '#lib/publish/state/run-lease.ts';

/**
 * Longer than a run may take: its state machine times out before. Seconds.
 * A run that was stopped from outside holds the fleet no longer than until the next start, which asks whether it still runs.
 */
export const LEASE_SECONDS = 65 * 60;

/**
 * Acquires the lease of the run. One that is held by a run which is over, and never released it, is taken over.
 * @throws whatever the client of the table, or `isRunning`, throws
 */
export async function enterRun(
  at: StateTable,
  request: Omit<LeaseRequest, 'ttlSeconds' | 'insteadOf'>,
  isRunning: (runId: string) => Promise<boolean>,
): Promise<Lease> {
  const wanted = { ...request, ttlSeconds: LEASE_SECONDS };
  const lease = await acquireRunLease(at, wanted);
  if (lease.outcome !== 'held' || (await isRunning(lease.by))) return lease;
  return acquireRunLease(at, { ...wanted, insteadOf: lease.by });
}
