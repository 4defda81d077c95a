import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { BadVerdict, FindingState } from '#lib/model/finding-state.ts';

/** What one run says of one finding. */
export type Observation =
  | { readonly kind: 'bad'; readonly finding: Finding; readonly verdict: BadVerdict; readonly suppressed: boolean }
  | { readonly kind: 'good'; readonly finding: Finding }
  /** Judged unknown, or not judged because its check could not be. */
  | { readonly kind: 'unknown' }
  /** The check judged the cluster, and not this resource: it is gone, or the check is off. */
  | { readonly kind: 'missing' };

/** Whose findings a run judged, and the findings: an Assessment, or what a run says of its fleet. */
export type Judged = Pick<Assessment, 'account' | 'region' | 'name' | 'arn' | 'findings'>;

/** By fingerprint: every finding of the run, and every finding with a state that the run does not report. */
export function observe(findings: readonly Finding[], states: Iterable<FindingState>): ReadonlyMap<string, Observation> {
  const unread = new Set(findings.filter(isUnreadCheck).map(({ check }) => check));
  const observations = new Map(findings.map((finding) => [finding.fingerprint, observationOf(finding)]));
  for (const { fingerprint, check } of states) {
    if (observations.has(fingerprint)) continue;
    observations.set(fingerprint, unread.has(check) ? { kind: 'unknown' } : { kind: 'missing' });
  }
  return observations;
}

/** A check whose input was not read says so of the cluster, and nothing of the resources that it judged before. */
function isUnreadCheck({ verdict, resource }: Finding): boolean {
  return verdict === 'unknown' && resource.kind === 'cluster';
}

function observationOf(finding: Finding): Observation {
  switch (finding.verdict) {
    case 'warning':
    case 'critical':
      return { kind: 'bad', finding, verdict: finding.verdict, suppressed: finding.suppressed !== undefined };
    case 'ok':
    case 'not-applicable':
      return { kind: 'good', finding };
    case 'unknown':
      return { kind: 'unknown' };
  }
}
