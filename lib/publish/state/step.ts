import type { FindingEventType, ResolvedReason } from '#lib/model/event.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { BadVerdict, FindingState, StatePolicy } from '#lib/model/finding-state.ts';
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

/** One finding and one run of it. */
export interface Step {
  readonly previous: FindingState | undefined;
  readonly observation: Observation;
  readonly cluster: FindingState['cluster'];
  readonly run: Run;
  readonly policy: StatePolicy;
}

/** What a step leads to, before it is compared with what was. */
export interface Next {
  readonly state: FindingState;
  readonly transition?: Omit<Transition, 'sequence'>;
}
