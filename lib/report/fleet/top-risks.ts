import type { FleetReport, ReportFinding } from '#lib/model/fleet-report.ts';
import { isCurrent } from '#lib/report/fleet/build-report.ts';
import { isBad } from '#lib/report/fleet/fleet-problem.ts';
import { worstFirst } from '#lib/report/fleet/report-findings.ts';

/** What to begin with: the worst and the soonest, roots before what they explain; nothing that is merely unknown. */
export function topRisks({ findings }: Pick<FleetReport, 'findings'>, most: number): readonly ReportFinding[] {
  return findings
    .filter(({ change, verdict, symptom }) => isCurrent(change) && isBad(verdict) && symptom !== true)
    .toSorted(worstFirst)
    .slice(0, most);
}

/** Findings with a forecast now or then, the soonest first; what no longer has one comes last. */
export function forecasts({ findings }: Pick<FleetReport, 'findings'>): readonly ReportFinding[] {
  const hours = ({ hoursToExhaustion }: ReportFinding): number => hoursToExhaustion ?? Number.MAX_VALUE;
  return findings
    .filter(({ hoursToExhaustion, previousHoursToExhaustion }) => hoursToExhaustion ?? previousHoursToExhaustion)
    .toSorted((a, b) => hours(a) - hours(b));
}
