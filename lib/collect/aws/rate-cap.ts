import { setTimeout as sleep } from 'node:timers/promises';
import { TokenBucket } from 'limiter';

/**
 * cniwatch's own cap per API action. EC2 gives an account 20 reads a second of each action in a Region, and the CNI and the
 * autoscaler draw from the same bucket; a check must never be what throttles them.
 * Source: Amazon EC2 API Reference, "Request throttling".
 */
const BURST = 10;
const PER_SECOND = 5;

/** Buckets by client, since a client stands for one account and Region: runs that share it share its buckets. */
const buckets = new WeakMap<object, Map<string, TokenBucket>>();

/** Waits for a token of this action. Rejects with the signal's reason when the run ends first. */
export async function takeToken(client: object, action: string, signal: AbortSignal): Promise<void> {
  const bucket = bucketOf(client, action);
  while (!bucket.tryRemoveTokens(1)) {
    // The limiter's own waiting cannot be aborted, so the wait is ours.
    await sleep(Math.max(1, bucket.getWaitTime(1)), undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

function bucketOf(client: object, action: string): TokenBucket {
  const byAction = buckets.get(client) ?? new Map<string, TokenBucket>();
  buckets.set(client, byAction);
  const known = byAction.get(action);
  if (known !== undefined) return known;
  const bucket = new TokenBucket({ bucketSize: BURST, tokensPerInterval: PER_SECOND, interval: 'second' });
  // It starts empty, and the first call must not wait.
  bucket.content = BURST;
  byAction.set(action, bucket);
  return bucket;
}
