import { isDeepStrictEqual } from 'node:util';
import type { FindingState } from '#lib/model/finding-state.ts';
import { afterBad, afterGood, afterMissing, afterUnknown } from '#lib/publish/state/lifecycle.ts';
import type { Next, Run, Step, Transition } from '#lib/publish/state/step.ts';

/** The state after a run: the same object as before where nothing changed, undefined where there is nothing to keep. */
export interface Advanced {
  readonly state: FindingState | undefined;
  readonly transition?: Transition;
}

const DAY_SECONDS = 24 * 3_600;
/** What is not closed is kept so long after the last write: its cluster may be gone. */
const UNCLOSED_DAYS = 90;
/** And written anew after this long where nothing changes it. */
const REFRESH_DAYS = 30;

/**
 * Takes one finding one run further. A run that already changed this state changes nothing again, and an unknown run neither opens,
 * escalates nor closes anything: it is noted beside the state.
 */
export function advance(step: Step): Advanced {
  const { previous, observation, run } = step;
  if (previous?.changedBy === run.runId) return { state: previous };
  switch (observation.kind) {
    case 'bad':
      return settle(step, afterBad(step, observation));
    case 'good':
      return previous === undefined ? { state: previous } : settle(step, afterGood(step, previous, observation));
    case 'unknown':
      return previous === undefined ? { state: previous } : settle(step, afterUnknown(previous, run));
    case 'missing':
      return previous === undefined ? { state: previous } : settle(step, afterMissing(step, previous));
  }
}

/** Stamps what changed, and leaves what did not: most findings of most runs cost no write. */
function settle({ previous, run, policy }: Step, { state, transition }: Next): Advanced {
  if (previous !== undefined && transition === undefined && isDeepStrictEqual(state, previous) && !isDue(previous, run))
    return { state: previous };
  // The time makes a sequence that begins anew, after the state expired, begin above all that it had before.
  const sequence = transition === undefined ? state.sequence : Math.max(state.sequence + 1, Date.parse(run.takenAt));
  const kept = DAY_SECONDS * (state.status === 'resolved' ? policy.keepDays : UNCLOSED_DAYS);
  const expiresAt = Math.floor(Date.parse(run.takenAt) / 1_000) + kept;
  const stamped = { ...state, sequence, changedBy: run.runId, changedAt: run.takenAt, expiresAt };
  return transition === undefined ? { state: stamped } : { state: stamped, transition: { ...transition, sequence } };
}

function isDue({ status, changedAt }: FindingState, { takenAt }: Run): boolean {
  return status !== 'resolved' && Date.parse(takenAt) - Date.parse(changedAt) > REFRESH_DAYS * DAY_SECONDS * 1_000;
}
