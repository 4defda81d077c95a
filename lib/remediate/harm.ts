import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Harm, Verification } from '#lib/model/remediation.ts';
import type { RemediationPlan } from '#lib/model/remediation-plan.ts';

/** The checks that tell of harm, and the number of their evidence that may not rise. */
const TELLING: Readonly<Record<string, { readonly kind: Harm['kind']; readonly counts: readonly string[] }>> = {
  'pod-sandbox-failures': { kind: 'sandbox-failures', counts: ['podsStanding'] },
  'cni-agents': { kind: 'agents-not-ready', counts: ['failing', 'missing'] },
  'pods-awaiting-network': { kind: 'pods-waiting', counts: ['awaiting'] },
  coredns: { kind: 'dns', counts: ['failing'] },
  'dns-security-groups': { kind: 'dns', counts: [] },
  'dns-network-policy': { kind: 'dns', counts: [] },
  'dns-network-acls': { kind: 'dns', counts: [] },
  'dns-quality': { kind: 'dns', counts: [] },
  'canary-dns': { kind: 'dns', counts: [] },
};

/**
 * Roll back on harm, never on absent gain. Harm is a finding that was no problem before, one that became critical, or one whose count
 * rose; what was bad and stayed as bad is none.
 */
export function harmDone(before: Assessment, after: Assessment): readonly Harm[] {
  const earlier = new Map(before.findings.map((finding) => [finding.fingerprint, finding]));
  return after.findings.flatMap((finding) => {
    const telling = TELLING[finding.check];
    if (telling === undefined || !isProblem(finding)) return [];
    const worse = worsening(earlier.get(finding.fingerprint), finding, telling.counts);
    if (worse === undefined) return [];
    return [{ kind: telling.kind, fingerprint: finding.fingerprint, detail: `${worse}: ${finding.summary}` }];
  });
}

/** Checks of harm that were judged before and cannot be judged now: a change may have cost the very access that would tell. */
export function unseenHarm(before: Assessment, after: Assessment): readonly string[] {
  const blind = (assessment: Assessment, check: string) => {
    const own = assessment.findings.filter((finding) => finding.check === check);
    return own.length === 0 || own.some(({ verdict }) => verdict === 'unknown');
  };
  return Object.keys(TELLING).filter((check) => !blind(before, check) && blind(after, check));
}

/** @param gained whether what the plan is for has come about, beyond that its findings are no problems any more */
export function verify(
  before: Assessment,
  after: Assessment,
  plan: RemediationPlan,
  gained: (after: Assessment, plan: RemediationPlan) => boolean = () => true,
): Verification {
  return {
    gain: findingsResolved(before, after, plan) && gained(after, plan) ? 'reached' : 'not-yet',
    harm: harmDone(before, after),
    unseen: unseenHarm(before, after),
  };
}

/** Each is ok now, or is gone while its check still judges; `unknown` resolves nothing, nor does a check that did not run. */
function findingsResolved(before: Assessment, { findings }: Assessment, plan: RemediationPlan): boolean {
  const now = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const judging = new Set(findings.filter(({ verdict }) => verdict !== 'unknown').map(({ check }) => check));
  const checkOf = new Map(before.findings.map(({ fingerprint, check }) => [fingerprint, check]));
  return plan.findings.every((fingerprint) => {
    const finding = now.get(fingerprint);
    if (finding === undefined) return judging.has(checkOf.get(fingerprint) ?? '');
    return !isProblem(finding) && finding.verdict !== 'unknown';
  });
}

function isProblem({ verdict }: Finding): boolean {
  return verdict === 'warning' || verdict === 'critical';
}

function worsening(earlier: Finding | undefined, now: Finding, counts: readonly string[]): string | undefined {
  if (earlier === undefined || !isProblem(earlier)) return 'new';
  if (earlier.verdict === 'warning' && now.verdict === 'critical') return 'now critical';
  const risen = counts.find((count) => numberOf(now, count) > numberOf(earlier, count));
  return risen === undefined ? undefined : `${risen} rose from ${numberOf(earlier, risen)} to ${numberOf(now, risen)}`;
}

function numberOf({ evidence }: Finding, name: string): number {
  const value = evidence[name];
  return typeof value === 'number' ? value : 0;
}
