import type { PendingEvent } from '#lib/model/event.ts';
import type { FindingState } from '#lib/model/finding-state.ts';

/** The last run that was recorded in a scope. A scope is a cluster, by its ARN, or the fleet. */
export interface Head {
  /** Grows with every write to the scope; each write demands the one that it read. */
  readonly version: number;
  readonly runId: string;
  readonly takenAt: string;
  /** The last runs, that one included: a run that is repeated once a later one was recorded has nothing to add. */
  readonly runs: readonly string[];
}

export interface ScopeState {
  /** Undefined before the first run. */
  readonly head: Head | undefined;
  /** By fingerprint. */
  readonly states: ReadonlyMap<string, FindingState>;
}

/** A changed state, and the event that tells the change: written both or neither. */
export interface Change {
  readonly previous: FindingState | undefined;
  readonly state: FindingState;
  readonly event?: PendingEvent;
}

export interface ScopeWrite {
  readonly head: Head;
  /** The version that the scope must still have; undefined where there must be none. */
  readonly expected: number | undefined;
  readonly changes: readonly Change[];
}

/** Where states live. Each write is whole or not at all, and only upon what was read. */
export interface ScopeStore {
  read(scope: string): Promise<ScopeState>;
  write(scope: string, write: ScopeWrite): Promise<Written>;
}

/** `conflict`: somebody else wrote since, or writes now; `throttled`: the store has no capacity now. In both nothing was written. */
export type Written = 'written' | 'conflict' | 'throttled';
