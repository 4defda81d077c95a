import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every second until there is an answer. No limit of its own: the test's is the net. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(1_000);
  }
}
