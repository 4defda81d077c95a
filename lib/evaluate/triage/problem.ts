import type { Topology } from '#lib/evaluate/topology.ts';
import { byHand } from '#lib/evaluate/triage/by-hand.ts';
import type { Access } from '#lib/evaluate/triage/command-names.ts';
import { confirmCommands } from '#lib/evaluate/triage/confirm.ts';
import { extentOf } from '#lib/evaluate/triage/extent.ts';
import { remediationsOf, type Situation, situationOf, timeOf, titleOf } from '#lib/evaluate/triage/situations.ts';
import { type Finding, timeToImpact } from '#lib/model/finding.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import type { Target } from '#lib/model/target.ts';
import type { Action, TriageProblem } from '#lib/model/triage.ts';
import { worstVerdict } from '#lib/model/verdict.ts';

/** Roots of one check with one remedy, and the symptoms that they explain. */
export interface ProblemGroup {
  readonly roots: readonly [Finding, ...Finding[]];
  readonly symptoms: readonly Finding[];
}

interface Surroundings {
  readonly target: Target;
  readonly topology: Topology;
  readonly access: Access;
}

export function triageProblem({ roots, symptoms }: ProblemGroup, { target, topology, access }: Surroundings): TriageProblem {
  const [first] = roots;
  const situation = situationOf(first);
  const extent = extentOf(roots, topology);
  const { primary, fallbacks } = remediationsOf(situation, first, extent.scope);
  const absent = first.remediation === undefined ? absenceOf(first) : undefined;
  return {
    situation: situation.id,
    title: titleOf(situation, first),
    check: first.check,
    verdict: worstVerdict(roots.map(({ verdict }) => verdict)),
    timeToImpact: nearest([...roots, ...symptoms], situation),
    hoursToExhaustion: leastHours(roots),
    extent,
    roots: roots.map(({ fingerprint, verdict, resource, summary }) => ({ fingerprint, verdict, resource, summary })),
    symptoms: [...Map.groupBy(symptoms, ({ check }) => check)].map(([check, of]) => ({
      check,
      verdict: worstVerdict(of.map(({ verdict }) => verdict)),
      count: of.length,
    })),
    primary:
      absent === undefined && primary !== undefined ? actionOf(primary) : { remediation: null, text: absent ?? byHand(first) },
    fallbacks: fallbacks.map(actionOf),
    confirm: [...confirmCommands(situation.id, [...roots, ...symptoms] as unknown as typeof roots, target, access)],
  };
}

function actionOf(remediation: string): Action {
  const text = Object.hasOwn(REMEDIES, remediation) ? REMEDIES[remediation] : undefined;
  return { remediation, text: text ?? 'Its documentation says how.' };
}

/** What no restart brings back: a finding of the whole cluster, since there is no DaemonSet that it could be of. */
function absenceOf({ check, resource }: Finding): string | undefined {
  if (resource.kind !== 'cluster') return undefined;
  if (check === 'kube-proxy')
    return 'Bring kube-proxy back: aws eks create-addon --cluster-name CLUSTER --addon-name kube-proxy, or its own manifest.';
  if (check === 'cni-agents')
    return "Bring the CNI's DaemonSet to these nodes: aws eks create-addon --cluster-name CLUSTER --addon-name vpc-cni or its own manifest, with tolerations for their taints.";
  return undefined;
}

/** A full subnet whose pods wait already hurts now, whatever its forecast. */
function nearest(findings: readonly Finding[], situation: Situation): TriageProblem['timeToImpact'] {
  const stated = findings.flatMap((finding) => finding.timeToImpact ?? []);
  const assumed = timeOf(situation, worstVerdict(findings.map(({ verdict }) => verdict)));
  const times = stated.length > 0 || assumed === undefined ? stated : [assumed];
  return timeToImpact.options.find((time) => times.includes(time)) ?? null;
}

function leastHours(roots: readonly Finding[]): number | null {
  const hours = roots.flatMap(({ evidence }) => {
    const value = evidence['hoursToExhaustion'];
    return typeof value === 'number' ? [value] : [];
  });
  return hours.length === 0 ? null : Math.min(...hours);
}
