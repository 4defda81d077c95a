import type * as z from 'zod';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { PlanDraft, RemediationPlan, RemediationRisk } from '#lib/model/remediation-plan.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

/** One thing that must hold before anything is changed, with what was found. What was not read does not hold. */
export interface Precondition {
  /** Kebab case: `free-prefixes`. */
  readonly name: string;
  /** What it is about, where there are several of the name: a subnet, a node group. */
  readonly resource?: string;
  readonly holds: 'yes' | 'no' | 'unknown';
  /** What was found, and what it has to be: clauses. */
  readonly value: string;
  readonly wanted: string;
  /** What to do where it does not hold: a sentence. */
  readonly remedy: string;
}

/** Why there is no plan, and what to do instead: sentences. */
export interface Refusal {
  readonly reason: string;
  readonly remedy: string;
}

export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: RemediationPlan }
  | { readonly kind: 'refused'; readonly refusals: readonly [Refusal, ...Refusal[]] };

/** What a remediation itself says: the plan is sealed by whoever asked. */
export type DraftOutcome =
  | { readonly kind: 'drafted'; readonly draft: PlanDraft }
  | { readonly kind: 'refused'; readonly refusals: readonly [Refusal, ...Refusal[]] };

export interface PlanContext<O> {
  readonly snapshot: Snapshot;
  /** Problems of the checks that it fixes; one at least. */
  readonly findings: readonly [Finding, ...Finding[]];
  readonly options: O;
  readonly now: Date;
}

/** Something that is worse than before, and was not: reason enough to undo a change. */
export interface Harm {
  readonly kind: 'sandbox-failures' | 'agents-not-ready' | 'pods-waiting' | 'dns';
  /** Of the finding that tells. */
  readonly fingerprint: string;
  /** A sentence. */
  readonly detail: string;
}

export interface Verification {
  /** An absent gain is no harm: new settings may show on new nodes only. */
  readonly gain: 'reached' | 'not-yet';
  readonly harm: readonly Harm[];
  /** Checks that would tell of harm and could not be judged: while there are some, no harm is not known. */
  readonly unseen: readonly string[];
}

/**
 * One change to a cluster or its AWS networking, from a finding to the exact calls. All of it is pure: whoever carries a plan out
 * reads and writes by ports of its own. `id` is the file's name and never changes once released.
 */
export interface Remediation<O extends z.ZodType = z.ZodType> {
  readonly id: string;
  readonly title: string;
  /** Ids of the checks whose findings it may resolve. */
  readonly fixes: readonly string[];
  readonly risk: RemediationRisk;
  readonly approvals: 0 | 1 | 2;
  /** Of the steps, the rollback and the reads that they need; what the Snapshot needs is declared by the collectors. */
  readonly permissions: Permissions;
  /** Every one with a default and a description. */
  readonly options: O;
  readonly docs: {
    /** What it does and what it does not do, in a few sentences. */
    readonly what: string;
    /** Each guard of its preflight, and what it asks. */
    readonly preconditions: Readonly<Record<string, string>>;
    readonly sources: readonly string[];
  };
  /** From a Snapshot to the exact calls. Never an empty plan: where nothing is to be done, it says so. */
  draft(context: PlanContext<z.output<O>>): DraftOutcome;
  /** Every guard with its value, on a fresh Snapshot. */
  preflight(snapshot: Snapshot, plan: RemediationPlan, options: z.output<O>): readonly Precondition[];
  /** Whether what it is for has come about, where it is more than that the plan's findings are resolved. */
  gained?(after: Assessment, plan: RemediationPlan): boolean;
}

/** Infers a remediation's types from its declaration. */
export function defineRemediation<O extends z.ZodType>(remediation: Remediation<O>): Remediation<O> {
  return remediation;
}

export function refused(reason: string, remedy: string): { readonly kind: 'refused'; readonly refusals: readonly [Refusal] } {
  return { kind: 'refused', refusals: [{ reason, remedy }] };
}
