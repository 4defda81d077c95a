import type { FindingChange } from '#lib/model/fleet-report.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type FleetCluster, type FleetProblem, isBad, isUnjudged, problemsOfFleet } from '#lib/report/fleet/fleet-problem.ts';

/** A finding that is or was a problem, and what became of it. */
export interface Compared {
  readonly change: Exclude<FindingChange, 'passed'>;
  /** As it is now, or was last. */
  readonly problem: FleetProblem;
  readonly verdict: Verdict;
  readonly before: FleetProblem | undefined;
}

/**
 * What became of every problem of two runs of a fleet. What the later run could not judge is never resolved: a check that lacks an input,
 * a cluster without a result, no run at all (`latest` undefined).
 */
export function compareFindings(
  earlier: readonly FleetCluster[],
  latest: readonly FleetCluster[] | undefined,
): readonly Compared[] {
  const before = problemsOfFleet(earlier);
  const after = problemsOfFleet(latest ?? []);
  const clusters = latest && new Map(latest.map((cluster) => [cluster.arn, cluster]));
  const present = [...after].map(([fingerprint, problem]): Compared => {
    const was = before.get(fingerprint);
    const { verdict } = problem.finding;
    return { change: changeOf(was?.finding.verdict, verdict), problem, verdict, before: was };
  });
  const absent = [...before].filter(([fingerprint]) => !after.has(fingerprint)).map(([, problem]) => endOf(problem, clusters));
  return [...present, ...absent];
}

function changeOf(then: Verdict | undefined, now: Verdict): Compared['change'] {
  if (then === now) return 'open';
  if (now === 'unknown') return 'unread';
  if (then === undefined || !isBad(then)) return 'opened';
  return now === 'critical' ? 'escalated' : 'eased';
}

/** Of a problem that the later run does not report. */
function endOf(problem: FleetProblem, clusters: ReadonlyMap<string, FleetCluster> | undefined): Compared {
  const { cluster, finding } = problem;
  const still = clusters?.get(cluster.arn);
  const ended = (change: Compared['change'], verdict = finding.verdict): Compared => ({
    change,
    problem,
    verdict,
    before: problem,
  });
  if (clusters !== undefined && still === undefined) return ended('gone');
  if (still !== undefined && !isUnjudged(still, finding.check)) return ended('resolved');
  return ended(finding.verdict === 'unknown' ? 'open' : 'unread', 'unknown');
}
