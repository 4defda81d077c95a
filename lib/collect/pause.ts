import { setTimeout as sleep } from 'node:timers/promises';

/** Waits. Rejects with the signal's reason where the run ends first, and not with the timer's own error. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
