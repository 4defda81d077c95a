import { rootsOf } from '#lib/evaluate/causes.ts';
import type { Topology } from '#lib/evaluate/topology.ts';
import { canaryAnswer } from '#lib/evaluate/triage/canary-answer.ts';
import type { Access } from '#lib/evaluate/triage/command-names.ts';
import { headline } from '#lib/evaluate/triage/headline.ts';
import { type ProblemGroup, triageProblem } from '#lib/evaluate/triage/problem.ts';
import { SITUATIONS } from '#lib/evaluate/triage/situations.ts';
import { notEnabledIn, unseenIn } from '#lib/evaluate/triage/unseen.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import { type Finding, timeToImpact } from '#lib/model/finding.ts';
import { extentScope, type Triage, type TriageProblem } from '#lib/model/triage.ts';

/**
 * What to do first: the roots of a cluster's problems with what they explain, by time to impact, verdict and reach, each with the action,
 * what is left if it does not help, and the commands that show it.
 */
export function triage(assessment: Assessment, topology: Topology, access: Access = {}): Triage {
  const { verdict } = assessment;
  const findings = assessment.findings.filter(({ suppressed }) => suppressed === undefined);
  const problems = problemsOf(findings).map((group) => triageProblem(group, { target: assessment, topology, access }));
  const ordered = problems.toSorted(byUrgency);
  const canary = canaryAnswer(findings);
  const unseen = unseenIn({ findings, collectors: assessment.collectors });
  return {
    verdict,
    headline: headline(ordered, canary, { unseen: unseen.length, judged: assessment.summary.ok }),
    canary,
    problems: ordered,
    unseen: [...unseen],
    notEnabled: [...notEnabledIn(findings)],
    suppressed: assessment.findings.length - findings.length,
  };
}

function problemsOf(findings: readonly Finding[]): readonly ProblemGroup[] {
  const bad = findings.filter(({ verdict }) => verdict === 'critical' || verdict === 'warning');
  const beneath = rootsOf(bad);
  const isRoot = ({ fingerprint }: Finding) => beneath.get(fingerprint)?.[0]?.fingerprint === fingerprint;
  const groups = Map.groupBy(bad.filter(isRoot), ({ check, verdict, remediation, resource: { kind } }) =>
    // Nodes of one trouble are one problem; a DaemonSet, a policy, a pool is one of its own.
    JSON.stringify([check, verdict, remediation ?? null, kind]),
  );
  return [...groups.values()].map((roots) => {
    const names = new Set(roots.map(({ fingerprint }) => fingerprint));
    const explained = bad.filter(
      (finding) => !isRoot(finding) && beneath.get(finding.fingerprint)?.some(({ fingerprint }) => names.has(fingerprint)),
    );
    return { roots: roots as unknown as readonly [Finding, ...Finding[]], symptoms: explained };
  });
}

/** By time to impact; of those alike the critical ones, then by reach, then in the order of the decision table. */
function byUrgency(a: TriageProblem, b: TriageProblem): number {
  return (
    timeRank(a) - timeRank(b) ||
    Number(b.verdict === 'critical') - Number(a.verdict === 'critical') ||
    extentScope.options.indexOf(a.extent.scope) - extentScope.options.indexOf(b.extent.scope) ||
    (b.extent.nodes ?? 0) - (a.extent.nodes ?? 0) ||
    situationRank(a) - situationRank(b)
  );
}

function timeRank({ timeToImpact: time }: TriageProblem): number {
  return time === null ? timeToImpact.options.length : timeToImpact.options.indexOf(time);
}

function situationRank({ situation }: TriageProblem): number {
  const at = SITUATIONS.findIndex(({ id }) => id === situation);
  return at < 0 ? SITUATIONS.length : at;
}
