import type { ReportFinding } from '#lib/model/fleet-report.ts';
import { plural } from '#lib/model/plural.ts';
import { ageText, clusterText, hoursText } from '#lib/report/fleet/report-words.ts';
import type { Problem } from '#lib/report/fold.ts';
import { badge } from '#lib/report/html-findings.ts';
import { html, type Markup } from '#lib/report/html-markup.ts';
import { resourceText } from '#lib/report/words.ts';

/** Names that are shown of resources that are alike; the CSV has all. */
const NAMED = 30;

/** A finding with what to do. `at` is the end of the report's time, for ages. */
export function findingCard({ finding, checks, others }: Problem<ReportFinding>, at: string): Markup {
  const { verdict, summary, whatToDo } = finding;
  return html`<article class="${verdict}">
<h3>${badge(verdict)} ${checks.join(', ')} <span class="id">${resourceText(finding.resource)}</span></h3>
<p class="soft">${[clusterText(finding.cluster), ...facts(finding, at)].join(' · ')}</p>
<p>${summary}</p>
${alike(others)}${whatToDo === undefined ? '' : html`<p class="do"><b>What to do:</b> ${whatToDo}</p>\n`}</article>
`;
}

export function findingRows(problems: readonly Problem<ReportFinding>[], at: string, caption: string): Markup {
  const rows = problems.map(
    ({ finding, checks, others }) =>
      html`<tr><td>${badge(finding.verdict)}</td><th scope="row">${finding.cluster.name}<br><span class="soft id">${finding.cluster.region} · ${finding.cluster.account}</span></th><td>${checks.join(', ')}<br><span class="id">${resourceText(finding.resource)}</span></td><td>${finding.summary} <span class="soft">${facts(finding, at).join(' · ')}</span>${alike(others)}</td></tr>\n`,
  );
  return html`<div class="panel" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr><th scope="col">Verdict</th><th scope="col">Cluster</th><th scope="col">Check and resource</th><th scope="col">What was measured</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function facts(finding: ReportFinding, at: string): readonly string[] {
  const { verdict, previousVerdict, openedAt, change, timeToImpact } = finding;
  const lasting = change === 'resolved' || change === 'gone' || change === 'passed' ? 'opened' : 'open for';
  return [
    ...(previousVerdict !== undefined && previousVerdict !== verdict ? [`${previousVerdict} before`] : []),
    ...(openedAt === undefined
      ? []
      : [lasting === 'opened' ? `opened ${ageText(openedAt, at)} ago` : `open for ${ageText(openedAt, at)}`]),
    ...(timeToImpact === undefined ? [] : [`impact: ${timeToImpact}`]),
    ...[hoursText(finding)].filter((text) => text !== ''),
  ];
}

function alike(others: readonly ReportFinding[]): Markup {
  if (others.length === 0) return html``;
  const names = others.slice(0, NAMED).map(({ resource: { id, name } }) => name ?? id);
  const more = others.length > NAMED ? ` and ${plural(others.length - NAMED, 'other')}` : '';
  return html`<details><summary>The same of ${others.length} more</summary><p class="id">${names.join(', ')}${more}</p></details>\n`;
}
