import type { ResolvedReason } from '#lib/model/event.ts';
import type { Finding } from '#lib/model/finding.ts';
import { type BadVerdict, type FindingState, GONE_AFTER_SECONDS, type StatePolicy } from '#lib/model/finding-state.ts';
import { identityOf } from '#lib/model/target.ts';
import type { Observation } from '#lib/publish/state/observation.ts';
import type { Next, Run, Step } from '#lib/publish/state/step.ts';

/** Opens once enough of the last runs were bad, and what is open escalates at once, unless the configuration suppresses it. */
export function afterBad(step: Step, { finding, verdict, suppressed }: Observation & { kind: 'bad' }): Next {
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

/** Closes once enough runs, one after another, were good. */
export function afterGood({ policy }: Step, previous: FindingState, { finding }: Observation & { kind: 'good' }): Next {
  const state = { ...seen(previous), recent: recentWith('g', previous, policy) };
  const closed = 'g'.repeat(policy.closeAfter);
  if (!state.recent.endsWith(closed)) return { state };
  return state.status === 'open' ? resolve(state, 'recovered', finding) : { state: { ...state, status: 'resolved' } };
}

/** Neither better nor worse: it is noted since when nobody knows. */
export function afterUnknown(previous: FindingState, { takenAt }: Run): Next {
  if (previous.status === 'resolved') return { state: previous };
  const { missing: _, ...state } = previous;
  return { state: { ...state, unknownSince: state.unknownSince ?? takenAt } };
}

/** Closes what nobody reports any more, after a while and after as many runs as a recovery takes: neither alone is proof. */
export function afterMissing({ run, policy }: Step, previous: FindingState): Next {
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
