import { TokenBucket } from 'limiter';
import { pause } from '#lib/collect/pause.ts';
import { type CallShare, WHOLE_SHARE } from '#lib/model/call-share.ts';
import type { Target } from '#lib/model/target.ts';

/** cniwatch's own cap on calls, an API action each. */
export interface RateCap {
  /** Waits for a token of this action. Rejects with the signal's reason when the run ends first. */
  take(action: string, signal: AbortSignal): Promise<void>;
}

/** A cap that starts with the share's burst: a part of a token where that is below one, so that the first call waits for the rest. */
export function rateCap({ perSecond, burst }: CallShare): RateCap {
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (action: string): TokenBucket => {
    const known = buckets.get(action);
    if (known !== undefined) return known;
    const bucket = new TokenBucket({ bucketSize: Math.max(1, burst), tokensPerInterval: perSecond, interval: 'second' });
    bucket.content = burst;
    buckets.set(action, bucket);
    return bucket;
  };
  return {
    async take(action, signal) {
      const bucket = bucketOf(action);
      while (!bucket.tryRemoveTokens(1)) {
        // The limiter's own waiting cannot be aborted, so the wait is ours.
        await pause(Math.max(1, bucket.getWaitTime(1)), signal);
      }
    },
  };
}

/** One cap for each account and Region, for a process that checks several clusters of it: they share what one may take. */
export function rateCapsByPlace(): (target: Pick<Target, 'account' | 'region'>) => RateCap {
  const made = new Map<string, RateCap>();
  return ({ account, region }) => {
    const key = `${account}/${region}`;
    const cap = made.get(key) ?? rateCap(WHOLE_SHARE);
    made.set(key, cap);
    return cap;
  };
}
