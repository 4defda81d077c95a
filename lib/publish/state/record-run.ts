import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingEvent } from '#lib/model/event.ts';
import type { StatePolicy } from '#lib/model/finding-state.ts';
import { batches } from '#lib/publish/batches.ts';
import { findingEvent } from '#lib/publish/state/finding-event.ts';
import { type Judged, observe } from '#lib/publish/state/observation.ts';
import type { Change, Head, ScopeState, ScopeStore } from '#lib/publish/state/scope-store.ts';
import type { Run } from '#lib/publish/state/step.ts';
import { advance } from '#lib/publish/state/transition.ts';

/**
 * Changes of one transaction: two rows each and the head make 99 of the 100 that DynamoDB takes, and events of 64 KB stay below its
 * 4 MB (DynamoDB API reference, TransactWriteItems).
 */
export const CHANGES_PER_WRITE = 49;
/** Runs of one cluster overlap rarely, and then two of them. */
const ATTEMPTS = 6;
const RUNS_REMEMBERED = 8;
/** A head that is further in the future than any run can be late was written by a clock that was wrong. Milliseconds. */
const CLOCK_SLACK = 6 * 3_600_000;

export interface RecordOptions {
  readonly store: ScopeStore;
  /** A cluster's ARN, or `FLEET`. Findings that a run does not report age out within their scope. */
  readonly scope: string;
  readonly run: Run;
  readonly policy: StatePolicy;
  /** Between attempts, milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

export type Recorded =
  | { readonly outcome: 'recorded' /** Told by this call, each in the outbox. */; readonly events: readonly PendingEvent[] }
  /** A later run was recorded before: this one changed nothing more. */
  | { readonly outcome: 'superseded'; readonly by: string; readonly events: readonly PendingEvent[] };

/** The findings could not be written in any attempt; `message` says why. The next run makes up for it. */
export class StateNotWritten extends Error {
  override readonly name = 'StateNotWritten';
  constructor(scope: string, why: 'conflict' | 'throttled') {
    const reason = {
      conflict: 'other runs wrote them in between: do runs of it overlap?',
      throttled: 'DynamoDB had no capacity: has the account reached a limit of its tables?',
    }[why];
    super(`the findings of ${scope} were not written in ${ATTEMPTS} attempts: ${reason}`);
  }
}

/**
 * Takes the findings of a scope one run further, and puts the events that tell it into the outbox. May be repeated: what the run already
 * changed stays, what it did not follows.
 * @throws StateNotWritten; whatever the store throws: then some of the changes may stand, each with its event
 */
export async function recordRun(judged: readonly Judged[], options: RecordOptions): Promise<Recorded> {
  const { store, scope, run, pause = sleep } = options;
  const events: PendingEvent[] = [];
  let refused: 'conflict' | 'throttled' = 'conflict';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await store.read(scope);
    if (isSuperseded(stored.head, run)) return { outcome: 'superseded', by: stored.head.runId, events };
    const told = await writeAll(stored, changesOf(stored, judged, options), options);
    events.push(...told.events);
    if (told.ended === 'written') return { outcome: 'recorded', events };
    refused = told.ended;
    await pause(50 * 2 ** attempt * (1 + Math.random()));
  }
  throw new StateNotWritten(scope, refused);
}

/** Whether a later run was recorded: an older one never overwrites it. */
function isSuperseded(head: Head | undefined, { runId, takenAt }: Run): head is Head {
  if (head === undefined || head.runId === runId) return false;
  if (head.runs.includes(runId)) return true;
  const behind = Date.parse(head.takenAt) - Date.parse(takenAt);
  return behind >= 0 && behind < CLOCK_SLACK;
}

function changesOf({ states }: ScopeState, judged: readonly Judged[], { run, policy }: RecordOptions): Change[] {
  const clusters = new Map(judged.flatMap((cluster) => cluster.findings.map(({ fingerprint }) => [fingerprint, cluster])));
  const findings = judged.flatMap((cluster) => cluster.findings);
  const changes: Change[] = [];
  for (const [fingerprint, observation] of observe(findings, states.values())) {
    const previous = states.get(fingerprint);
    const cluster = clusters.get(fingerprint) ?? previous?.cluster;
    if (cluster === undefined) continue;
    const { state, transition } = advance({ previous, observation, cluster, run, policy });
    if (state === undefined || state === previous) continue;
    changes.push({ previous, state, ...(transition && { event: findingEvent(state, transition, run) }) });
  }
  return changes;
}

/** Writes the changes, a transaction after another, and the head with each: with none at all it still says that the run was here. */
async function writeAll(stored: ScopeState, changes: readonly Change[], { store, scope, run }: RecordOptions) {
  const runs = [run.runId, ...(stored.head?.runs ?? []).filter((earlier) => earlier !== run.runId)].slice(0, RUNS_REMEMBERED);
  const limits = { items: CHANGES_PER_WRITE, bytes: Number.POSITIVE_INFINITY };
  const parts = changes.length > 0 ? batches(changes, limits, () => 0) : [[]];
  const events: PendingEvent[] = [];
  let expected = stored.head?.version;
  for (const part of parts) {
    const head = { version: (expected ?? 0) + 1, runId: run.runId, takenAt: run.takenAt, runs };
    const ended = await store.write(scope, { head, expected, changes: part });
    if (ended !== 'written') return { events, ended };
    expected = head.version;
    for (const { event } of part) if (event !== undefined) events.push(event);
  }
  return { events, ended: 'written' as const };
}
