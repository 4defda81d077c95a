import type { ClusterChange, FleetReport, ReportFinding, ReportHeadline } from '#lib/model/fleet-report.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import { isCurrent } from '#lib/report/fleet/build-report.ts';
import { ageText, changesText, clusterText, hoursText, problemsText } from '#lib/report/fleet/report-words.ts';
import { topRisks } from '#lib/report/fleet/top-risks.ts';
import { resourceText } from '#lib/report/words.ts';

const MOST_TEXT = 300;

/** A report in a line and a few sentences, for a phone. */
export function headlineOf(report: FleetReport): ReportHeadline {
  const { schemaVersion, kind, date, timezone, period, problems, changes, clusters } = report;
  const count = (change: ClusterChange): number => clusters.filter((each) => each.change === change).length;
  const total = clusters.length - count('gone');
  const seen = { total, new: count('new'), gone: count('gone'), notSeen: count('not-seen') };
  const state =
    report.latest === undefined ? 'the fleet was not checked' : `${problemsText(problems)} in ${plural(total, 'cluster')}`;
  return {
    ...{ schemaVersion, kind, date, timezone, period, problems, changes, clusters: seen },
    title: `cniwatch ${kind} report of ${date}: ${state}`,
    summary: [
      ...report.notes,
      ...(report.earlier === undefined ? [] : [`${capital(changesText(changes))}.`]),
      ...clustersTexts(seen),
      ...oldestText(report),
      ...topRisks(report, 3).map(riskText),
    ].map((text) => clip(plainText(text))),
  };
}

function clustersTexts({ new: added, gone, notSeen }: ReportHeadline['clusters']): string[] {
  return [
    ...(notSeen > 0 ? [`${plural(notSeen, 'cluster')} not seen.`] : []),
    ...(added + gone > 0 ? [`${plural(added, 'cluster')} new, ${gone} gone.`] : []),
  ];
}

function oldestText({ findings, period }: FleetReport): string[] {
  const since = findings.filter(({ change }) => isCurrent(change)).flatMap(({ openedAt }) => openedAt ?? []);
  const [oldest] = since.toSorted();
  return oldest === undefined ? [] : [`The oldest is open for ${ageText(oldest, period.to)}.`];
}

function riskText(finding: ReportFinding): string {
  const { verdict, check, resource, cluster, summary } = finding;
  const hours = hoursText(finding);
  return `${capital(verdict)}: ${check}, ${resourceText(resource)} of ${clusterText(cluster)}${hours === '' ? '' : ` (${hours})`}: ${summary}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const clip = (text: string): string => (text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 3).toWellFormed()}...`);
