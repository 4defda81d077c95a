import { setMaxListeners } from 'node:events';
import { ReadFailure } from '#lib/model/failure.ts';

/**
 * The end of a run: its deadline, or the caller's own signal. The signal's reason is the failure of whatever it stops.
 * `stop` lets the process end before the deadline.
 */
export function startClock(deadlineMs: number, outer?: AbortSignal): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  // Every source of a run listens: Node before 24 takes more than ten for a leak, and says so on stderr.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(deadlineExceeded(deadlineMs)), deadlineMs);
  const cancel = () => controller.abort(cancelled());
  if (outer?.aborted) cancel();
  else outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
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
