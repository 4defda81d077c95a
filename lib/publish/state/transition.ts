import { isDeepStrictEqual } from 'node:util';
import type { FindingEventType, ResolvedReason } from '#lib/model/event.ts';
import type { Finding } from '#lib/model/finding.ts';
import { type BadVerdict, type FindingState, GONE_AFTER_SECONDS, type StatePolicy } from '#lib/model/finding-state.ts';
import { identityOf } from '#lib/model/target.ts';
import type { Observation } from '#lib/publish/state/observation.ts';

/** A run as the state knows it: its id, and when its Snapshot of the cluster was taken (ISO 8601). */
export interface Run {
  readonly runId: string;
  readonly takenAt: string;
}

/** A change that the world is told. */
export interface Transition {
  readonly type: FindingEventType;
  readonly sequence: number;
  readonly openedAt: string;
  readonly previousVerdict?: BadVerdict;
  readonly reason?: ResolvedReason;
  /** As this run judged it; absent where it does not report it. */
  readonly finding?: Finding;
}

/** The state after a run: the same object as before where nothing changed, undefined where there is nothing to keep. */
export interface Advanced {
  readonly state: FindingState | undefined;
  readonly transition?: Transition;
}

export interface Step {
  readonly previous: FindingState | undefined;
  readonly observation: Observation;
  readonly cluster: FindingState['cluster'];
  readonly run: Run;
  readonly policy: StatePolicy;
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
      return settle(step, bad(step, observation));
    case 'good':
      return previous === undefined ? { state: previous } : settle(step, good(step, previous, observation));
    case 'unknown':
      return previous === undefined ? { state: previous } : settle(step, unknown(previous, run));
    case 'missing':
      return previous === undefined ? { state: previous } : settle(step, missing(step, previous));
  }
}

/** What a step leads to, before it is compared with what was. */
interface Next {
  readonly state: FindingState;
  readonly transition?: Omit<Transition, 'sequence'>;
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

function bad(step: Step, { finding, verdict, suppressed }: Observation & { kind: 'bad' }): Next {
  const { previous, run, policy } = step;
  const state = { ...seen(previous ?? fresh(step, finding, verdict)), verdict, recent: recentWith('b', previous, policy) };
  if (state.status === 'open') return stillBad(state, { finding, verdict, suppressed });
  if (suppressed) return { state: { ...state, status: 'suppressed' } };
  const { bad: enough, of } = policy.openAfter;
  if (count(state.recent.slice(-of), 'b') < enough) return { state: { ...state, status: 'pending' } };
  const openedAt = run.takenAt;
  return {
    state: { ...state, status: 'open', told: verdict, openedAt, summary: finding.summary },
    transition: { type: 'Finding Opened', openedAt, finding },
  };
}

function stillBad(state: FindingState, { finding, verdict, suppressed }: Omit<Observation & { kind: 'bad' }, 'kind'>): Next {
  if (suppressed) return resolve(state, 'suppressed', finding);
  const { told = verdict, openedAt = state.changedAt } = state;
  if (told === 'critical' || verdict === 'warning') return { state };
  return {
    state: { ...state, told: verdict, summary: finding.summary },
    transition: { type: 'Finding Escalated', openedAt, previousVerdict: told, finding },
  };
}

function good({ policy }: Step, previous: FindingState, { finding }: Observation & { kind: 'good' }): Next {
  const state = { ...seen(previous), recent: recentWith('g', previous, policy) };
  const closed = 'g'.repeat(policy.closeAfter);
  if (!state.recent.endsWith(closed)) return { state };
  return state.status === 'open' ? resolve(state, 'recovered', finding) : { state: { ...state, status: 'resolved' } };
}

function unknown(previous: FindingState, { takenAt }: Run): Next {
  if (previous.status === 'resolved') return { state: previous };
  const { missing: _, ...state } = previous;
  return { state: { ...state, unknownSince: state.unknownSince ?? takenAt } };
}

/** Closes what nobody reports any more, after a while and after as many runs as a recovery takes: neither alone is proof. */
function missing({ run, policy }: Step, previous: FindingState): Next {
  if (previous.status === 'resolved') return { state: previous };
  const since = previous.missing?.since ?? run.takenAt;
  const runs = Math.min((previous.missing?.runs ?? 0) + 1, policy.closeAfter);
  const { unknownSince: _, ...state } = { ...previous, missing: { since, runs } };
  const elapsed = Date.parse(run.takenAt) - Date.parse(since);
  if (runs < policy.closeAfter || elapsed < GONE_AFTER_SECONDS * 1_000) return { state };
  if (state.status === 'open') return resolve(state, 'no-longer-reported', undefined);
  return { state: { ...seen(state), status: 'resolved', recent: '' } };
}

function resolve(state: FindingState, reason: ResolvedReason, finding: Finding | undefined): Next {
  const { told: previousVerdict = state.verdict, openedAt = state.changedAt, ...rest } = seen(state);
  const closed: FindingState =
    reason === 'suppressed'
      ? { ...rest, status: 'suppressed' }
      : { ...rest, status: 'resolved', ...(reason === 'no-longer-reported' && { recent: '' }) };
  return {
    state: finding === undefined ? closed : { ...closed, summary: finding.summary },
    transition: { type: 'Finding Resolved', openedAt, previousVerdict, reason, ...(finding && { finding }) },
  };
}

/** A run judged it: it is neither unknown nor missing. */
function seen({ unknownSince: _, missing: __, ...state }: FindingState): FindingState {
  return state;
}

function fresh({ cluster, run }: Step, { fingerprint, check, resource, summary }: Finding, verdict: BadVerdict): FindingState {
  return {
    cluster: identityOf(cluster),
    fingerprint,
    check,
    resource,
    status: 'pending',
    verdict,
    recent: '',
    sequence: 0,
    summary,
    changedBy: run.runId,
    changedAt: run.takenAt,
    expiresAt: 0,
  };
}

function recentWith(judged: 'b' | 'g', previous: FindingState | undefined, { openAfter, closeAfter }: StatePolicy): string {
  return `${previous?.recent ?? ''}${judged}`.slice(-Math.max(openAfter.of, closeAfter));
}

const count = (text: string, letter: string): number => text.split(letter).length - 1;
