import type * as z from 'zod';
import type { Judgement } from '#lib/model/finding.ts';
import type { History, Reading } from '#lib/model/history.ts';
import type { MetricDeclaration } from '#lib/model/metric.ts';
import type { SliceData, SliceKey, Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';

export type Area = 'subnet' | 'node' | 'dns' | 'cni' | 'cilium' | 'calico' | 'flannel' | 'cluster' | 'canary';

/** A metric as a check emits it: the runner adds `Account` and `Region`. */
export type MetricSample = {
  readonly name: string;
  /** `Cluster` is the runner's too, unless a `SubnetId` stands here. */
  readonly dimensions?: Readonly<Record<string, string>>;
} & ({ readonly value: number } | { readonly values: readonly number[]; readonly counts: readonly number[] });

export interface CheckResult {
  readonly findings: readonly Judgement[];
  readonly metrics: readonly MetricSample[];
  /** What this check will want to know of the past: kept in the history under the series that `history` declares. */
  readonly readings?: readonly Reading[];
}

export interface CheckContext<In extends SliceKey, Opt extends SliceKey, O> {
  /** The data of every declared input: the runner has answered `unknown` where one failed. */
  readonly inputs: { readonly [K in In]: SliceData[K] };
  /** The declared optional inputs as they are, failed or not. */
  readonly optional: { readonly [K in Opt]: Slices[K] };
  readonly target: Target;
  readonly options: O;
  /** When the Snapshot was taken. */
  readonly now: Date;
  readonly history: History;
}

/** What a person reads of a check; its page under docs/checks/ is generated from this. */
export interface CheckDocumentation {
  /** What it answers and why that matters, in a few sentences. */
  readonly question: string;
  /** How the verdict falls, a line per verdict. Thresholds are named by their option. */
  readonly verdicts: {
    readonly warning?: string;
    readonly critical?: string;
    readonly unknown?: string;
    readonly notApplicable?: string;
  };
  /** Each evidence field and what it is, with its unit. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Where the rule comes from: a documentation page, a source file, an RFC. */
  readonly sources: readonly string[];
}

/**
 * One question about one cluster. Pure: no clock, no I/O.
 * `id` is the file's name and never changes once released.
 */
export interface Check<In extends SliceKey = SliceKey, Opt extends SliceKey = SliceKey, O extends z.ZodType = z.ZodType> {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  /** The worst verdict it can reach. */
  readonly severity: 'warning' | 'critical';
  /** Slices without which there is no answer: one that failed makes the check `unknown`. */
  readonly inputs: readonly In[];
  /** Slices that sharpen the answer. The check itself must turn a failed one into `unknown` where the verdict leans on it. */
  readonly optional: readonly Opt[];
  /** Thresholds and switches, every one with a default and a description. */
  readonly options: O;
  readonly metrics: readonly MetricDeclaration[];
  /** Series of readings that it keeps, and what each is. */
  readonly history?: Readonly<Record<string, string>>;
  readonly docs: CheckDocumentation;
  /** Ids of remediations that may help. */
  readonly remediations: readonly string[];
  evaluate(context: CheckContext<In, Opt, z.output<O>>): CheckResult;
}

/** What is known of a check without running it. */
export type CheckDeclaration = Omit<Check, 'evaluate'>;

/** Infers a check's types from its declaration. */
export function defineCheck<const In extends SliceKey, const Opt extends SliceKey, O extends z.ZodType>(
  check: Check<In, Opt, O>,
): Check<In, Opt, O> {
  return check;
}

/** The answer of a check whose CNI or feature this cluster does not use. */
export function notApplicable(target: Target, reason: string): CheckResult {
  return {
    findings: [
      {
        verdict: 'not-applicable',
        resource: { kind: 'cluster', id: target.arn, name: target.name },
        summary: reason,
        evidence: {},
      },
    ],
    metrics: [],
  };
}

/** The answer of a check that cannot decide for the whole cluster. */
export function undecided(target: Target, reason: string, evidence: Judgement['evidence'] = {}): CheckResult {
  return {
    findings: [
      { verdict: 'unknown', resource: { kind: 'cluster', id: target.arn, name: target.name }, summary: reason, evidence },
    ],
    metrics: [],
  };
}
