import type { Assessment, AssessmentDocument } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { identityOf, type Target } from '#lib/model/target.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { isProblem } from '#lib/report/document.ts';

/** What a comparison needs of a cluster's Assessment: a thousand of them stay small. */
export type FleetCluster = Pick<Assessment, 'account' | 'region' | 'name' | 'arn' | 'verdict' | 'findings' | 'configHash'>;

export interface FleetProblem {
  readonly cluster: Target;
  readonly finding: Finding;
}

/** A summary of a run less what no report reads of it. */
export function fleetOf({ clusters }: AssessmentDocument): readonly FleetCluster[] {
  return clusters.map(({ account, region, name, arn, verdict, findings, configHash }) => ({
    ...{ account, region, name, arn, verdict, configHash },
    findings: findings.filter((finding) => finding.verdict !== 'ok' && finding.verdict !== 'not-applicable'),
  }));
}

/** By fingerprint: every problem that is not suppressed. */
export function problemsOfFleet(fleet: readonly FleetCluster[]): ReadonlyMap<string, FleetProblem> {
  return new Map(
    fleet.flatMap((cluster) =>
      cluster.findings
        .filter(isProblem)
        .map((finding) => [finding.fingerprint, { cluster: identityOf(cluster), finding }] as const),
    ),
  );
}

/** Whether a run was to check the cluster and has no result of it: such an Assessment was evaluated under no configuration. */
export const isNotSeen = ({ configHash }: FleetCluster): boolean => configHash === '';

/**
 * Whether a check could not be judged in a cluster, so that what it said before of a resource is neither confirmed nor gone: it is then
 * unknown of the cluster as such.
 */
export function isUnjudged(cluster: FleetCluster, check: string): boolean {
  if (isNotSeen(cluster)) return true;
  return cluster.findings.some((each) => each.check === check && each.verdict === 'unknown' && each.resource.kind === 'cluster');
}

/** How bad, for a comparison: unknown is apart. */
export const isBad = (verdict: Verdict): boolean => verdict === 'critical' || verdict === 'warning';
