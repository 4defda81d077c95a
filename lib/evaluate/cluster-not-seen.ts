import * as z from 'zod';
import { fingerprint } from '#lib/evaluate/fingerprint.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { CheckDeclaration } from '#lib/model/check.ts';
import type { Finding } from '#lib/model/finding.ts';
import { identityOf, type Target } from '#lib/model/target.ts';

/** What a run says of its fleet, and not of what it read: no check of the registry, since none of these could run. */
export const CLUSTER_NOT_SEEN: CheckDeclaration = {
  id: 'cluster-not-seen',
  title: 'Clusters that a run did not see',
  area: 'cluster',
  severity: 'critical',
  inputs: [],
  optional: [],
  options: z.object({}),
  metrics: [],
  docs: {
    question:
      "Did each cluster that a deployed run was to check leave a result? What nobody looks at can be in any state. This is the fleet's own check, made by summarise at the end of a run: `cniwatch check` has no such finding, and says of a cluster that it cannot read what failed.",
    verdicts: {
      critical: 'the cluster left no result, or one that cannot be read: until it does, none of its findings opens or closes',
    },
    evidence: {},
    sources: [
      'Amazon CloudWatch User Guide, "Create a CloudWatch alarm based on a Metrics Insights query": series join and leave such an alarm by themselves, so that only a comparison with what was expected shows one that is gone',
    ],
  },
  remediations: [],
};
const CHECK = CLUSTER_NOT_SEEN.id;

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
