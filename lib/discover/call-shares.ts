import { type CallShare, WHOLE_SHARE } from '#lib/model/call-share.ts';
import type { Target } from '#lib/model/target.ts';

/**
 * Checks of one account and Region at the same time: above it each would wait more than two seconds for a call, and what they have at
 * hand at once would take more than half of EC2's bucket.
 */
const MOST_AT_ONCE = 20;

export interface SharedOut {
  /** In the order in which they are to be started, each with its share of its account and Region. */
  readonly targets: readonly Target[];
  /** How many may be checked at the same time: as many as wanted, where no share becomes too small. */
  readonly concurrency: number;
}

/**
 * Shares out the rate of every account and Region among its targets, so that any of them may be checked at the same time, and all of
 * them within one run. They are dealt in turn, an account and Region after the other, so that few of one do run at once.
 */
export function shareCalls(targets: readonly Target[], wanted: number): SharedOut {
  const places = [...Map.groupBy(targets, ({ account, region }) => `${account}/${region}`).values()];
  const most = Math.max(0, ...places.map(({ length }) => length));
  const concurrency = most > MOST_AT_ONCE ? Math.min(wanted, MOST_AT_ONCE) : wanted;
  const shared = places.map((place) => {
    const share = shareOf(place.length, concurrency);
    return place.map((target) => ({ ...target, share }));
  });
  return { targets: dealt(shared), concurrency };
}

function shareOf(targets: number, concurrency: number): CallShare {
  return { perSecond: WHOLE_SHARE.perSecond / Math.min(targets, concurrency), burst: WHOLE_SHARE.burst / targets };
}

/** The first of each, the second of each, and so on. */
function dealt<T>(hands: readonly (readonly T[])[]): T[] {
  const rounds = Math.max(0, ...hands.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => hands.flatMap((hand) => hand.slice(round, round + 1))).flat();
}
