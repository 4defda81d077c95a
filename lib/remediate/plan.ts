import type * as z from 'zod';
import type { Finding } from '#lib/model/finding.ts';
import { type PlanOutcome, type Remediation, refused } from '#lib/model/remediation.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { sealPlan } from '#lib/remediate/seal.ts';

export interface PlanQuestion<O extends z.ZodType> {
  readonly snapshot: Snapshot;
  /** Of the Assessment of that Snapshot. */
  readonly findings: readonly Finding[];
  /** Only what resolves this one; every problem that the remediation may fix where it is absent. */
  readonly fingerprint?: string | undefined;
  readonly options: z.output<O>;
  readonly now: Date;
}

/** The plan of a remediation for the problems of a cluster, or why there is none. */
export function planRemediation<O extends z.ZodType>(
  remediation: Remediation<O>,
  { snapshot, findings, fingerprint, options, now }: PlanQuestion<O>,
): PlanOutcome {
  const { id, fixes } = remediation;
  const named = fingerprint === undefined ? findings : findings.filter((finding) => finding.fingerprint === fingerprint);
  if (named.length === 0 && fingerprint !== undefined)
    return refused(
      `No finding of this cluster has the fingerprint ${fingerprint}.`,
      'cniwatch check --output json names the fingerprint of each; one that is gone needs no remediation.',
    );
  const [first, ...others] = named.filter((finding) => fixes.includes(finding.check) && isOpen(finding));
  if (first === undefined)
    return refused(
      `Nothing that ${id} would fix is wrong here: it is for problems of ${fixes.join(', ')}.`,
      `cniwatch check --check ${fixes.join(',')} says what they see; what could not be read is no problem that a change would cure.`,
    );
  const outcome = remediation.draft({ snapshot, findings: [first, ...others], options, now });
  return outcome.kind === 'refused' ? outcome : { kind: 'planned', plan: sealPlan(outcome.draft) };
}

/** What somebody suppressed is known to people, and is theirs. */
function isOpen({ verdict, suppressed }: Finding): boolean {
  return (verdict === 'warning' || verdict === 'critical') && suppressed === undefined;
}
