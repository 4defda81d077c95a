import type { Failing, Waiting } from '#lib/publish/notify/plan.ts';

/** What cannot be told for so long is given up, and another target is told of it. Milliseconds. */
export const GIVE_UP_MS = 24 * 3_600_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** After a message that failed: the pause doubles up to a quarter of an hour. */
export function failed(failing: Failing | undefined, reason: string, now: Date): Failing {
  const attempts = (failing?.attempts ?? 0) + 1;
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_MS);
  const at = now.toISOString();
  return { since: failing?.since ?? at, attempts, at, pauseMs, reason };
}

/** What has waited, and failed, for so long that it is given up. */
export function expired(waiting: readonly Waiting[], failing: Failing, now: Date): Waiting[] {
  const before = now.getTime() - GIVE_UP_MS;
  if (Date.parse(failing.since) > before) return [];
  return waiting.filter(({ acceptedAt }) => Date.parse(acceptedAt) <= before);
}
