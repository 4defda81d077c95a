import type { Notice } from '#lib/model/notification.ts';
import type { Progress, Waiting } from '#lib/publish/notify/plan.ts';

/** What a target is to be told, and how far it is. */
export interface TargetState {
  readonly waiting: readonly Waiting[];
  readonly progress: Progress;
  /** Grows with every claim and every settlement. */
  readonly version: number;
}

/** The right to send a target's messages, until a time: whoever holds it alone sends. */
export interface Claim {
  readonly target: string;
  readonly by: string;
  readonly version: number;
}

/** Where notices wait. Each call may be repeated. */
export interface NoticeStore {
  /** Keeps a notice for a target, unless it was ever accepted before. @returns whether it was new */
  accept(target: string, notice: Notice, at: Date): Promise<boolean>;
  read(target: string): Promise<TargetState>;
  /** Undefined where somebody else holds the target, or has done something since it was read. */
  claim(
    target: string,
    wanted: { readonly version: number; readonly by: string; readonly now: Date; readonly until: Date },
  ): Promise<Claim | undefined>;
  /** They are told, or are not to be told. Those that are gone already stay so. */
  remove(target: string, waiting: readonly Waiting[]): Promise<void>;
  /** Gives the claim back with what is known now. Changes nothing where it has run out and somebody else took it. */
  settle(claim: Claim, progress: Progress): Promise<void>;
}
