import { fingerprint } from '#lib/evaluate/fingerprint.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { identityOf, type Target } from '#lib/model/target.ts';

/** In the place of a check's id: what a run says of its fleet, and not of what it read. */
const CHECK = 'cluster-not-seen';

/**
 * Whether a run saw a cluster, as a finding of its own: that nobody looked is certain, whatever goes on there. It is critical, for
 * until it closes no finding of the cluster opens, and none closes.
 * @param reason one sentence, where the cluster left no result
 */
export function clusterNotSeen(
  target: Target,
  reason: string | undefined,
): Pick<Assessment, 'account' | 'region' | 'name' | 'arn' | 'findings'> {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const judgement: Pick<Finding, 'verdict' | 'summary' | 'timeToImpact'> =
    reason === undefined
      ? { verdict: 'ok', summary: `${target.name} was checked.` }
      : { verdict: 'critical', summary: `${target.name} was not checked: ${reason}` };
  const finding = { check: CHECK, resource, evidence: {}, fingerprint: fingerprint(CHECK, target.arn, resource), ...judgement };
  return { ...identityOf(target), findings: [finding] };
}
