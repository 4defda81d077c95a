import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { ReadFailure } from '#lib/model/failure.ts';

export interface Clock {
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline, never below 0. */
  remaining(): number;
  stop(): void;
}

/**
 * The end of a run: its deadline, or the caller's own signal. The signal's reason is the failure of whatever it stops.
 * `stop` lets the process end before the deadline.
 */
export function startClock(deadlineMs: number, outer?: AbortSignal): Clock {
  const controller = new AbortController();
  // Every source of a run listens: Node before 24 takes more than ten for a leak, and says so on stderr.
  setMaxListeners(0, controller.signal);
  const end = performance.now() + deadlineMs;
  const timer = setTimeout(() => controller.abort(deadlineExceeded(deadlineMs)), deadlineMs);
  const cancel = () => controller.abort(cancelled());
  if (outer?.aborted) cancel();
  else outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    remaining: () => Math.max(0, end - performance.now()),
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', cancel);
    },
  };
}

function deadlineExceeded(deadlineMs: number): ReadFailure {
  return new ReadFailure(
    'DeadlineExceeded',
    `The run's ${deadlineMs / 1000} s were over before this was read.`,
    'Give the run more time, and look at the calls and durations of its collectors: one may be throttled or hang.',
  );
}

function cancelled(): ReadFailure {
  return new ReadFailure('Cancelled', 'The run was cancelled before this was read.', 'Run again.');
}
