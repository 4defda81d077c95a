import type { Ec2Query } from '#lib/sandbox/ec2-query.ts';

/**
 * EC2's token buckets, one a call: a hundred reads at once, twenty more each second; half of that for a list that is asked for whole.
 * Source: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API", non-mutating actions.
 */
const READS = { capacity: 100, refillPerSecond: 20 };
const WHOLE_LISTS = { capacity: 50, refillPerSecond: 10 };
const COSTLY_WHOLE = new Set(['DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeSecurityGroups']);

export class Ec2Throttle {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes a token of the call's own bucket. @returns false where it is empty: RequestLimitExceeded */
  take(query: Ec2Query): boolean {
    const whole = COSTLY_WHOLE.has(query.action) && isWhole(query);
    const { capacity, refillPerSecond } = whole ? WHOLE_LISTS : READS;
    const key = whole ? `${query.action} whole` : query.action;
    const at = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, at };
    const tokens = Math.min(capacity, bucket.tokens + ((at - bucket.at) / 1000) * refillPerSecond);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at });
    return allowed;
  }
}

/** Neither filtered, nor by id, nor paged. */
function isWhole({ filters, text, list }: Ec2Query): boolean {
  const ids = ['InstanceId', 'NetworkInterfaceId', 'GroupId', 'GroupName'].flatMap(list);
  return filters.length === 0 && ids.length === 0 && text('MaxResults') === undefined;
}
