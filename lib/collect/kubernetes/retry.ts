import { pause } from '#lib/collect/pause.ts';
import type { ReadFailure } from '#lib/model/failure.ts';

/** An attempt that may succeed if repeated. */
export class Transient extends Error {
  override readonly name = 'Transient';
  readonly failure: ReadFailure;
  /** Attempts that this kind of failure is worth, the first one included. */
  readonly attempts: number;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter: number | undefined;

  constructor(failure: ReadFailure, options: { attempts?: number; retryAfter?: number | undefined } = {}) {
    super(failure.message);
    this.failure = failure;
    this.attempts = options.attempts ?? 5;
    this.retryAfter = options.retryAfter;
  }
}

/** Milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
const LONGEST_RETRY_AFTER = 30_000;

/** Repeats `attempt` while it throws Transient, waiting longer each time. Throws the last failure, or the signal's reason. */
export async function retrying<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      if (count >= error.attempts) throw error.failure;
      await pause(wait(count, error.retryAfter), signal);
    }
  }
}

/** Exponential, capped, and jittered so that the lists of a run do not all come back at once. */
function wait(count: number, retryAfter: number | undefined): number {
  if (retryAfter !== undefined) return Math.min(retryAfter, LONGEST_RETRY_AFTER);
  const most = Math.min(FIRST_WAIT * 2 ** (count - 1), LONGEST_WAIT);
  return most / 2 + Math.random() * (most / 2);
}

/** `Retry-After` in seconds, as API servers send it; a date or anything else is left to the backoff. */
export function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
