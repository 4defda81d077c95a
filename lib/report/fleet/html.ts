import { type FindingChange, type FleetReport, findingChange, type ReportCluster } from '#lib/model/fleet-report.ts';
import { plural } from '#lib/model/plural.ts';
import { findingCard, findingRows } from '#lib/report/fleet/html-findings.ts';
import { foldedGroup } from '#lib/report/fleet/markdown.ts';
import { CLUSTER_CHANGES, changesText, GROUPS, hoursText, periodText, problemsText } from '#lib/report/fleet/report-words.ts';
import { forecasts, topRisks } from '#lib/report/fleet/top-risks.ts';
import { badge } from '#lib/report/html-findings.ts';
import { html, type Markup } from '#lib/report/html-markup.ts';
import { pageText } from '#lib/report/html-page.ts';
import { resourceText } from '#lib/report/words.ts';

/** Cards or rows of a group; the CSV and the JSON have all. */
const MOST = 200;
const RISKS = 10;
/** What somebody has to look at stands unfolded. */
const UNFOLDED: ReadonlySet<FindingChange> = new Set(['opened', 'escalated', 'unread']);

/** One self-contained page: what changed first, then what to begin with, forecasts, and what is still open. */
export function fleetHtml(report: FleetReport): string {
  const { kind, date } = report;
  const title = `cniwatch ${kind} report of ${date}`;
  return pageText({
    title,
    header: html`<h1>Pod networking of the fleet: ${kind} report of ${date}</h1>
<p>${periodText(report)}</p>
${report.notes.map((note) => html`<p class="note">${note}</p>\n`)}`,
    main: html`${tally(report)}
${changesSection(report)}${clustersSection(report)}${risksSection(report)}${forecastsSection(report)}${openSection(report)}${allClusters(report)}`,
    footer: html`<footer><p>cniwatch. The same data: <code>fleet.csv</code>, <code>fleet.json</code> and <code>fleet.md</code> beside this file. Each finding's rule and its sources: <code>cniwatch explain</code> with the check's name.</p></footer>`,
  });
}

function tally({ problems, changes }: FleetReport): Markup {
  const counts = (['critical', 'unknown', 'warning'] as const).map(
    (verdict) => html`<li class="${verdict}"><strong>${problems[verdict]}</strong>${verdict}</li>`,
  );
  const none = problems.critical + problems.unknown + problems.warning === 0;
  return html`<ul class="tally" aria-label="Problems now">${none ? html`<li class="not-applicable"><strong>0</strong>problems</li>` : counts}</ul>
<p><b>Since the last report:</b> ${changesText(changes)}.</p>`;
}

function changesSection(report: FleetReport): Markup {
  const groups = findingChange.options.filter((change) => change !== 'open' && (report.changes[change] ?? 0) > 0);
  return html`<section aria-labelledby="changes"><h2 id="changes">What changed</h2>
${groups.length === 0 ? html`<p>No finding changed.</p>` : groups.map((change) => groupMarkup(report, change))}</section>
`;
}

function groupMarkup(report: FleetReport, change: FindingChange): Markup {
  const problems = foldedGroup(report, change);
  const { title, says } = GROUPS[change];
  const more = problems.length > MOST ? html`<p class="soft">And ${problems.length - MOST} more: fleet.csv has all.</p>` : '';
  const shown = problems.slice(0, MOST);
  if (UNFOLDED.has(change)) {
    return html`<section aria-labelledby="${change}"><h3 id="${change}">${title}: ${report.changes[change]}</h3>
<p class="soft">${says}</p>
${shown.map((problem) => findingCard(problem, report.period.to))}${more}</section>
`;
  }
  return html`<details class="group"><summary>${title}: ${report.changes[change]}</summary>
<p class="soft">${says}</p>
${findingRows(shown, report.period.to, title)}${more}</details>
`;
}

function clustersSection({ clusters }: FleetReport): Markup {
  const changed = clusters.filter(({ change }) => change !== 'same');
  if (changed.length === 0) return html``;
  return html`<section aria-labelledby="clusters"><h2 id="clusters">Clusters that changed: ${changed.length}</h2>
${clustersTable(changed, 'Clusters that changed')}</section>
`;
}

function allClusters({ clusters }: FleetReport): Markup {
  if (clusters.length === 0) return html`<section><h2>Clusters</h2><p>There are none.</p></section>\n`;
  return html`<section aria-labelledby="all"><h2 id="all">${plural(clusters.length, 'cluster')}</h2>
<details class="group"><summary>Show them</summary>
${clustersTable(clusters, 'Every cluster of the report')}</details></section>
`;
}

function clustersTable(clusters: readonly ReportCluster[], caption: string): Markup {
  const rows = clusters.map(
    ({ verdict, previousVerdict, name, region, account, change, problems }) =>
      html`<tr><td>${badge(verdict)}</td><th scope="row">${name}<br><span class="soft id">${region} · ${account}</span></th><td>${CLUSTER_CHANGES[change]}${previousVerdict !== undefined && previousVerdict !== verdict ? `, ${previousVerdict.replace('-', ' ')} before` : ''}</td><td>${problemsText(problems)}</td></tr>\n`,
  );
  return html`<div class="panel" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr><th scope="col">Verdict</th><th scope="col">Cluster</th><th scope="col">Change</th><th scope="col">Problems</th></tr></thead><tbody>
${rows}</tbody></table></div>
`;
}

function risksSection(report: FleetReport): Markup {
  const risks = topRisks(report, RISKS);
  if (risks.length === 0) return html``;
  return html`<section aria-labelledby="risks"><h2 id="risks">What to begin with</h2>
${risks.map((finding) => findingCard({ finding, checks: [finding.check], others: [] }, report.period.to))}</section>
`;
}

function forecastsSection(report: FleetReport): Markup {
  const found = forecasts(report).slice(0, MOST);
  if (found.length === 0) return html``;
  const rows = found.map(
    (finding) =>
      html`<tr><td>${badge(finding.verdict)}</td><th scope="row">${finding.cluster.name}<br><span class="soft id">${resourceText(finding.resource)}</span></th><td>${hoursText(finding)}</td></tr>\n`,
  );
  const caption = 'Hours until addresses run out, the soonest first';
  return html`<section aria-labelledby="forecasts"><h2 id="forecasts">Forecasts</h2>
<div class="panel" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr><th scope="col">Verdict</th><th scope="col">Cluster and resource</th><th scope="col">Forecast</th></tr></thead><tbody>
${rows}</tbody></table></div></section>
`;
}

function openSection(report: FleetReport): Markup {
  if ((report.changes.open ?? 0) === 0) return html``;
  return html`<section aria-labelledby="still"><h2 id="still">Still open</h2>
${groupMarkup(report, 'open')}</section>
`;
}
