import type { FleetReport } from '#lib/model/fleet-report.ts';
import { fleetCsv } from '#lib/report/fleet/csv.ts';
import { headlineOf } from '#lib/report/fleet/headline.ts';
import { fleetHtml } from '#lib/report/fleet/html.ts';
import { fleetMarkdown } from '#lib/report/fleet/markdown.ts';
import { jsonText } from '#lib/report/json.ts';

export interface ReportFile {
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

/** Every file of a report. The headline comes last: where it stands, the others do. */
export function reportFiles(report: FleetReport): readonly ReportFile[] {
  return [
    { name: 'index.html', contentType: 'text/html; charset=utf-8', text: fleetHtml(report) },
    { name: 'fleet.md', contentType: 'text/markdown; charset=utf-8', text: fleetMarkdown(report) },
    { name: 'fleet.json', contentType: 'application/json', text: jsonText(report) },
    { name: 'fleet.csv', contentType: 'text/csv; charset=utf-8', text: fleetCsv(report) },
    { name: 'headline.json', contentType: 'application/json', text: jsonText(headlineOf(report)) },
  ];
}
