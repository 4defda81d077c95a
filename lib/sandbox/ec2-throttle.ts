/**
 * EC2's token bucket of one call: a hundred at once, twenty more each second.
 * Source: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API", non-mutating actions.
 */
const CAPACITY = 100;
const REFILL_PER_SECOND = 20;

export class Ec2Throttle {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes a token of the call's own bucket. @returns false where it is empty: RequestLimitExceeded */
  take(action: string): boolean {
    const at = this.#now();
    const bucket = this.#buckets.get(action) ?? { tokens: CAPACITY, at };
    const tokens = Math.min(CAPACITY, bucket.tokens + ((at - bucket.at) / 1000) * REFILL_PER_SECOND);
    const allowed = tokens >= 1;
    this.#buckets.set(action, { tokens: allowed ? tokens - 1 : tokens, at });
    return allowed;
  }
}
