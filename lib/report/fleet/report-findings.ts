import type { Finding } from '#lib/model/finding.ts';
import type { FindingState } from '#lib/model/finding-state.ts';
import { findingChange, type ReportFinding } from '#lib/model/fleet-report.ts';
import { VERDICTS_WORST_FIRST } from '#lib/model/verdict.ts';
import type { Compared } from '#lib/report/fleet/compare-findings.ts';
import { adviceText } from '#lib/report/words.ts';

const CHANGES = findingChange.options;
const IMPACTS = ['immediate', 'minutes', 'hours', 'days', undefined] as const satisfies readonly Finding['timeToImpact'][];

export interface Past {
  readonly states: ReadonlyMap<string, FindingState>;
  /** Start of the two runs, ISO 8601; without an earlier one, nothing is known to have passed. */
  readonly earlier: string | undefined;
  readonly latest: string | undefined;
}

/** The findings of a report, by change, the worst of each first: those of the two runs, and those that came and went in between. */
export function reportFindings(compared: readonly Compared[], past: Past): readonly ReportFinding[] {
  const known = new Set(compared.map(({ problem }) => problem.finding.fingerprint));
  const present = new Set(
    compared.filter(({ change }) => change !== 'resolved' && change !== 'gone').map(({ problem }) => problem.finding.fingerprint),
  );
  const passed = [...past.states.values()].filter((state) => !known.has(state.fingerprint) && hasPassed(state, past));
  return [...compared.map((each) => entry(each, past.states, present)), ...passed.map(passedEntry)].toSorted(inOrder);
}

function entry(
  { change, problem, verdict, before }: Compared,
  states: Past['states'],
  present: ReadonlySet<string>,
): ReportFinding {
  const { check, resource, summary, timeToImpact, remediation, fingerprint, causes = [] } = problem.finding;
  const ended = change === 'resolved' || change === 'gone';
  const state = states.get(fingerprint);
  const hours = ended ? undefined : hoursOf(problem.finding);
  const previousHours = hoursOf(before?.finding);
  return {
    ...{ change, cluster: problem.cluster, check, resource, summary, verdict, fingerprint },
    ...(before && { previousVerdict: before.finding.verdict }),
    ...(ended ? {} : { whatToDo: adviceText(problem.finding) }),
    ...(timeToImpact !== undefined && !ended && { timeToImpact }),
    ...(remediation !== undefined && !ended && { remediation }),
    ...(hours !== undefined && { hoursToExhaustion: hours }),
    ...(previousHours !== undefined && { previousHoursToExhaustion: previousHours }),
    ...(causes.some((cause) => present.has(cause)) && { symptom: true }),
    ...(state?.openedAt !== undefined && { openedAt: state.openedAt }),
  };
}

/** Opened after the one run, and closed before the other: neither saw it. */
function hasPassed({ status, openedAt, changedAt, told }: FindingState, { earlier, latest }: Past): boolean {
  if (status !== 'resolved' || told === undefined || openedAt === undefined || earlier === undefined || latest === undefined)
    return false;
  return Date.parse(openedAt) > Date.parse(earlier) && Date.parse(changedAt) <= Date.parse(latest);
}

function passedEntry({ cluster, check, resource, summary, verdict, fingerprint, openedAt, told }: FindingState): ReportFinding {
  return {
    ...{ change: 'passed', cluster, check, resource, summary, verdict: told ?? verdict, fingerprint },
    ...(openedAt !== undefined && { openedAt }),
  };
}

function hoursOf(finding: Finding | undefined): number | undefined {
  const hours = finding?.evidence['hoursToExhaustion'];
  return typeof hours === 'number' ? hours : undefined;
}

/** By change, verdict, time to impact and hours; in the end by fingerprint, so that a repeated report is the same. */
function inOrder(a: ReportFinding, b: ReportFinding): number {
  return (
    CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) ||
    worstFirst(a, b) ||
    (a.fingerprint < b.fingerprint ? -1 : Number(a.fingerprint > b.fingerprint))
  );
}

/** The worse and the sooner first. */
export function worstFirst(a: ReportFinding, b: ReportFinding): number {
  return (
    VERDICTS_WORST_FIRST.indexOf(a.verdict) - VERDICTS_WORST_FIRST.indexOf(b.verdict) ||
    IMPACTS.indexOf(a.timeToImpact) - IMPACTS.indexOf(b.timeToImpact) ||
    Number(a.hoursToExhaustion ?? Number.MAX_VALUE) - Number(b.hoursToExhaustion ?? Number.MAX_VALUE)
  );
}
