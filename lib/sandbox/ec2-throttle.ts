import type { Ec2Query } from '#lib/sandbox/ec2-query.ts';

interface Bucket {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/**
 * EC2's token buckets, one a call: a hundred reads at once, twenty more each second; half of that for a list that is asked for whole,
 * and less for writes.
 * Source: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
 */
const READS: Bucket = { capacity: 100, refillPerSecond: 20 };
const WHOLE_LISTS: Bucket = { capacity: 50, refillPerSecond: 10 };
const WRITES: Bucket = { capacity: 50, refillPerSecond: 5 };
const INTERFACE_WRITES: Bucket = { capacity: 100, refillPerSecond: 5 };
const RESERVATION_WRITES: Bucket = { capacity: 5, refillPerSecond: 1 };
const OF_WRITES: ReadonlyMap<string, Bucket> = new Map([
  ['AssignPrivateIpAddresses', INTERFACE_WRITES],
  ['UnassignPrivateIpAddresses', INTERFACE_WRITES],
  ['DeleteNetworkInterface', INTERFACE_WRITES],
  ['CreateTags', { capacity: 100, refillPerSecond: 10 }],
  ['CreateSubnetCidrReservation', RESERVATION_WRITES],
  ['DeleteSubnetCidrReservation', RESERVATION_WRITES],
]);
const COSTLY_WHOLE = new Set(['DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeSecurityGroups']);

/** How empty a bucket once was. */
export interface BucketLow {
  /** Its call; with ` whole` where that was asked for a list without filter or page. */
  readonly call: string;
  readonly tokens: number;
  readonly capacity: number;
}

export class Ec2Throttle {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #lows = new Map<string, BucketLow>();
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes a token of the call's own bucket. @returns false where it is empty: RequestLimitExceeded */
  take(query: Ec2Query): boolean {
    const whole = COSTLY_WHOLE.has(query.action) && isWhole(query);
    const { capacity, refillPerSecond } = whole ? WHOLE_LISTS : bucketOf(query.action);
    const key = whole ? `${query.action} whole` : query.action;
    const at = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, at };
    const tokens = Math.min(capacity, bucket.tokens + ((at - bucket.at) / 1000) * refillPerSecond);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    this.#buckets.set(key, { tokens: left, at });
    this.#lows.set(key, { call: key, tokens: Math.min(left, this.#lows.get(key)?.tokens ?? capacity), capacity });
    return allowed;
  }

  /** The lowest level of each bucket that was drawn on. */
  lows(): readonly BucketLow[] {
    return [...this.#lows.values()];
  }
}

function bucketOf(action: string): Bucket {
  if (/^(Describe|Get|List|Search)/.test(action)) return READS;
  return OF_WRITES.get(action) ?? WRITES;
}

/** Neither filtered, nor by id, nor paged. */
function isWhole({ filters, text, list }: Ec2Query): boolean {
  const ids = ['InstanceId', 'NetworkInterfaceId', 'GroupId', 'GroupName'].flatMap(list);
  return filters.length === 0 && ids.length === 0 && text('MaxResults') === undefined;
}
