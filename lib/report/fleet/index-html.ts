import type { ReportHeadline } from '#lib/model/fleet-report.ts';
import { changesText, problemsText } from '#lib/report/fleet/report-words.ts';
import { html, type Markup } from '#lib/report/html-markup.ts';
import { pageText } from '#lib/report/html-page.ts';
import { timeText } from '#lib/report/words.ts';

/** The reports that there are, the newest first, with links to the files beside this one. */
export function reportsIndex(reports: readonly ReportHeadline[]): string {
  const sorted = reports.toSorted((a, b) => Date.parse(b.period.to) - Date.parse(a.period.to) || (a.kind < b.kind ? -1 : 1));
  return pageText({
    title: 'cniwatch: reports of the fleet',
    header: html`<h1>Reports of the fleet</h1>
<p>The newest first. Links lead to files beside this one: copy the folder <code>reports/</code> to follow them, or open a report by its own link.</p>`,
    main: sorted.length === 0 ? html`<p>There is none yet.</p>\n` : reportsTable(sorted),
    footer: html`<footer><p>cniwatch</p></footer>`,
  });
}

function reportsTable(reports: readonly ReportHeadline[]): Markup {
  const rows = reports.map(
    ({ kind, date, period, problems, changes, clusters }) =>
      html`<tr><th scope="row"><a href="${kind}/${date}/index.html">${date}</a></th><td>${kind}</td><td>${timeText(period.from)} to ${timeText(period.to)}</td><td>${clusters.total}${clusters.notSeen > 0 ? `, ${clusters.notSeen} not seen` : ''}</td><td>${problemsText(problems)}</td><td>${changesText(changes)}</td></tr>\n`,
  );
  return html`<div class="panel" tabindex="0" role="region" aria-label="Reports"><table><caption>Reports, the newest first</caption><thead><tr><th scope="col">Date</th><th scope="col">Kind</th><th scope="col">Time</th><th scope="col">Clusters</th><th scope="col">Problems</th><th scope="col">Changes</th></tr></thead><tbody>
${rows}</tbody></table></div>
`;
}
