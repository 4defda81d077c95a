import type { FleetReport } from '#lib/model/fleet-report.ts';
import { csvText } from '#lib/report/csv-text.ts';

const COLUMNS = [
  ...['report', 'date', 'change', 'account', 'region', 'cluster', 'verdict', 'previous_verdict', 'check'],
  ...['resource_kind', 'resource_id', 'resource_name', 'summary', 'time_to_impact', 'hours_to_exhaustion'],
  ...['previous_hours_to_exhaustion', 'opened_at', 'what_to_do', 'fingerprint'],
];

/** A row a finding, in the order of the report. */
export function fleetCsv({ kind, date, findings }: FleetReport): string {
  const rows = findings.map((finding) => [
    ...[kind, date, finding.change, finding.cluster.account, finding.cluster.region, finding.cluster.name],
    ...[finding.verdict, finding.previousVerdict, finding.check],
    ...[finding.resource.kind, finding.resource.id, finding.resource.name, finding.summary, finding.timeToImpact],
    ...[finding.hoursToExhaustion, finding.previousHoursToExhaustion, finding.openedAt, finding.whatToDo, finding.fingerprint],
  ]);
  return csvText(COLUMNS, rows);
}
