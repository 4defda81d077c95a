import {
  type FindingChange,
  type FleetReport,
  findingChange,
  type ReportCluster,
  type ReportFinding,
} from '#lib/model/fleet-report.ts';
import { plural } from '#lib/model/plural.ts';
import {
  ageText,
  CLUSTER_CHANGES,
  changesText,
  clusterText,
  GROUPS,
  hoursText,
  periodText,
  problemsText,
} from '#lib/report/fleet/report-words.ts';
import { forecasts, topRisks } from '#lib/report/fleet/top-risks.ts';
import { fold, type Problem } from '#lib/report/fold.ts';
import { escapeMarkdown, mark, table } from '#lib/report/markdown.ts';
import { resourceText } from '#lib/report/words.ts';

/** Rows of a group; the CSV and the JSON have all. */
const MOST_ROWS = 100;
const RISKS = 10;

/** GitHub-flavoured Markdown: what changed, the clusters that changed, forecasts, what to begin with, and what is still open. */
export function fleetMarkdown(report: FleetReport): string {
  const { kind, date, notes, changes, clusters } = report;
  const changed = clusters.filter(({ change }) => change !== 'same');
  const blocks = [
    `# cniwatch ${kind} report of ${date}`,
    `${periodText(report)}.`,
    ...(notes.length > 0 ? [notes.map((note) => `> ${escapeMarkdown(note)}`).join('\n>\n')] : []),
    `**${problemsText(report.problems)}** in ${plural(clusters.filter(({ change }) => change !== 'gone').length, 'cluster')}; ${changesText(changes)}.`,
    ...findingChange.options.filter((change) => change !== 'open').flatMap((change) => group(report, change)),
    ...(changed.length > 0 ? ['## Clusters that changed', clustersTable(changed)] : []),
    ...risksBlocks(report),
    ...forecastBlocks(report),
    ...group(report, 'open'),
    '## All clusters',
    clusters.length > 0 ? clustersTable(clusters) : 'There are none.',
  ];
  return `${blocks.join('\n\n')}\n`;
}

function group(report: FleetReport, change: FindingChange): string[] {
  const problems = foldedGroup(report, change);
  if (problems.length === 0) return [];
  const { title, says } = GROUPS[change];
  return [`## ${title}: ${report.changes[change]}`, says, findingsTable(problems, report)];
}

/** Each cluster by itself: a rollout that failed on a hundred nodes is one row. */
export function foldedGroup({ findings }: FleetReport, change: FindingChange): readonly Problem<ReportFinding>[] {
  const byCluster = Map.groupBy(
    findings.filter((finding) => finding.change === change),
    ({ cluster, verdict }) => `${verdict} ${cluster.arn}`,
  );
  return [...byCluster.values()].flatMap((ofCluster) => fold(ofCluster));
}

function findingsTable(problems: readonly Problem<ReportFinding>[], { period }: FleetReport): string {
  const rows = problems
    .slice(0, MOST_ROWS)
    .map(({ finding, checks, others }) => [
      mark(finding.verdict),
      ...[
        clusterText(finding.cluster),
        checks.join(', '),
        resourceText(finding.resource) + (others.length > 0 ? ` and ${others.length} more` : ''),
        [finding.summary, hoursText(finding)].filter((text) => text !== '').join(' '),
        finding.openedAt === undefined ? '' : ageText(finding.openedAt, period.to),
        finding.whatToDo ?? '',
      ].map(escapeMarkdown),
    ]);
  const more = problems.length > MOST_ROWS ? `\n\nAnd ${problems.length - MOST_ROWS} more: fleet.csv has all.` : '';
  return `${table(['Verdict', 'Cluster', 'Check', 'Resource', 'What was measured', 'Open for', 'What to do'], rows)}${more}`;
}

function clustersTable(clusters: readonly ReportCluster[]): string {
  const rows = clusters.map(({ change, verdict, previousVerdict, problems, ...cluster }) => [
    mark(verdict),
    previousVerdict === undefined ? '' : mark(previousVerdict),
    ...[clusterText(cluster), CLUSTER_CHANGES[change], problemsText(problems)].map(escapeMarkdown),
  ]);
  return table(['Verdict', 'Before', 'Cluster', 'Change', 'Problems'], rows);
}

function risksBlocks(report: FleetReport): string[] {
  const risks = topRisks(report, RISKS);
  if (risks.length === 0) return [];
  const alone = risks.map((finding) => ({ finding, checks: [finding.check], others: [] }));
  return ['## What to begin with', findingsTable(alone, report)];
}

function forecastBlocks(report: FleetReport): string[] {
  const found = forecasts(report).slice(0, MOST_ROWS);
  if (found.length === 0) return [];
  const rows = found.map((finding) => [
    mark(finding.verdict),
    ...[clusterText(finding.cluster), resourceText(finding.resource), hoursText(finding)].map(escapeMarkdown),
  ]);
  return ['## Forecasts', table(['Verdict', 'Cluster', 'Resource', 'Forecast'], rows)];
}
