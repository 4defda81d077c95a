import type { ClusterChange, ReportCluster } from '#lib/model/fleet-report.ts';
import { identityOf } from '#lib/model/target.ts';
import { VERDICTS_WORST_FIRST, type Verdict } from '#lib/model/verdict.ts';
import { isProblem } from '#lib/report/document.ts';
import { type FleetCluster, isNotSeen } from '#lib/report/fleet/fleet-problem.ts';

/** What a reader looks at first. */
const ORDER = ['not-seen', 'worse', 'new', 'gone', 'better', 'same'] as const satisfies readonly ClusterChange[];
const rank = (verdict: Verdict): number => VERDICTS_WORST_FIRST.indexOf(verdict);

/** Every cluster of either run, those that changed first, then the worst. Without a latest run, none was seen. */
export function compareClusters(
  earlier: readonly FleetCluster[],
  latest: readonly FleetCluster[] | undefined,
): readonly ReportCluster[] {
  const before = new Map(earlier.map((cluster) => [cluster.arn, cluster]));
  const after = new Map((latest ?? []).map((cluster) => [cluster.arn, cluster]));
  const present = [...after.values()].map((cluster) => entry(cluster, changeOf(before.get(cluster.arn), cluster), before));
  const absent = earlier
    .filter(({ arn }) => !after.has(arn))
    .map((cluster) =>
      latest === undefined
        ? entry({ ...cluster, verdict: 'unknown', findings: [] }, 'not-seen', before)
        : entry(cluster, 'gone', before),
    );
  return [...present, ...absent].toSorted(
    (a, b) =>
      ORDER.indexOf(a.change) - ORDER.indexOf(b.change) ||
      rank(a.verdict) - rank(b.verdict) ||
      (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : 0),
  );
}

function changeOf(then: FleetCluster | undefined, now: FleetCluster): ClusterChange {
  if (isNotSeen(now)) return 'not-seen';
  if (then === undefined) return 'new';
  const worse = rank(then.verdict) - rank(now.verdict);
  return worse > 0 ? 'worse' : worse < 0 ? 'better' : 'same';
}

function entry(cluster: FleetCluster, change: ClusterChange, before: ReadonlyMap<string, FleetCluster>): ReportCluster {
  const found = cluster.findings.filter(isProblem);
  const count = (verdict: Verdict): number => found.filter((finding) => finding.verdict === verdict).length;
  const previous = before.get(cluster.arn);
  return {
    ...identityOf(cluster),
    change,
    verdict: cluster.verdict,
    ...(previous && { previousVerdict: previous.verdict }),
    problems: { critical: count('critical'), warning: count('warning'), unknown: count('unknown') },
  };
}
