import type { Assessment, AssessmentDocument, CollectorReport } from '#lib/model/assessment.ts';
import { plural } from '#lib/model/plural.ts';
import { VERDICTS_WORST_FIRST, type Verdict } from '#lib/model/verdict.ts';
import { isQuiet, problemsOf, type Render, suppressedOf, worstFirst } from '#lib/report/document.ts';
import { fold } from '#lib/report/fold.ts';
import { badge, problemCard, quietFindings, suppressedFindings } from '#lib/report/html-findings.ts';
import { html, Markup } from '#lib/report/html-markup.ts';
import { pageText } from '#lib/report/html-page.ts';
import { countsText, quietCountsText, timeText } from '#lib/report/words.ts';

/** One self-contained page: the fleet, then each cluster with its problems first. No script, no request. */
export const render: Render = (document, { problems = false }) => {
  const clusters = worstFirst(document.clusters);
  return pageText({
    title: `cniwatch: ${plural(clusters.length, 'cluster')}`,
    header: html`<h1>Pod networking of ${plural(clusters.length, 'cluster')}</h1>
<p>Checked at ${timeText(document.generatedAt)}</p>`,
    main: html`${overview(clusters)}
${clusters.map((cluster, index) => clusterSection(cluster, index, problems))}`,
    footer: footer(document),
  });
};

function overview(clusters: readonly Assessment[]): Markup {
  const tally = VERDICTS_WORST_FIRST.map((verdict) => ({
    verdict,
    count: clusters.filter((each) => each.verdict === verdict).length,
  }));
  return html`<ul class="tally" aria-label="Clusters by verdict">${tally
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => html`<li class="${verdict}"><strong>${count}</strong>${word(verdict)}</li>`)}</ul>
<nav class="panel" aria-label="Clusters">
<table><caption>The clusters, the worst first</caption><thead><tr><th scope="col">Verdict</th><th scope="col">Cluster</th><th scope="col">Region</th><th scope="col">Account</th><th scope="col">Findings</th></tr></thead><tbody>
${clusters.map(
  ({ verdict, name, region, account, summary }, index) =>
    html`<tr><td>${badge(verdict)}</td><th scope="row"><a href="#cluster-${index}">${name}</a></th><td>${region}</td><td>${account}</td><td>${countsText(summary)}</td></tr>\n`,
)}</tbody></table>
</nav>`;
}

function clusterSection(cluster: Assessment, index: number, problemsOnly: boolean): Markup {
  const found = fold(problemsOf(cluster));
  const quiet = problemsOnly ? [] : cluster.findings.filter(isQuiet);
  return html`<section id="cluster-${index}" aria-labelledby="cluster-${index}-name">
<h2 id="cluster-${index}-name">${badge(cluster.verdict)} ${cluster.name}</h2>
<p class="soft">${cluster.region} · account ${cluster.account} · read at ${timeText(cluster.takenAt)} · ${countsText(cluster.summary)}</p>
${found.length > 0 ? found.map((problem) => problemCard(problem, cluster)) : html`<p>No problems.</p>`}
${suppressedFindings(suppressedOf(cluster))}${quietFindings(quiet, quietCountsText(cluster.summary))}${collectors(cluster.collectors)}
</section>
`;
}

/** Sources that could not be read stand first and open the list. */
function collectors(reports: readonly CollectorReport[]): Markup {
  if (reports.length === 0) return html``;
  const failed = reports.filter(({ ok }) => !ok);
  const rows = [...failed, ...reports.filter(({ ok }) => ok)].map(
    ({ id, ok, reason = '', remedy = '', durationMs, calls, pages }) =>
      html`<tr><th scope="row">${id}</th><td>${
        ok ? 'read' : html`<b class="unknown">not read</b>: ${reason} ${remedy}`
      }</td><td class="number">${Math.round(durationMs)} ms</td><td class="number">${total(calls)}</td><td class="number">${pages}</td></tr>\n`,
  );
  const title =
    failed.length > 0
      ? `${failed.length} of ${plural(reports.length, 'source')} not read`
      : `${plural(reports.length, 'source')} read`;
  return html`<details class="group"${failed.length > 0 ? new Markup(' open') : ''}><summary>${title}</summary>
<table><caption>What was read for this, and how</caption><thead><tr><th scope="col">Source</th><th scope="col">Outcome</th><th scope="col" class="number">Took</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Pages</th></tr></thead><tbody>
${rows}</tbody></table></details>`;
}

function footer({ clusters }: AssessmentDocument): Markup {
  const hashes = [...new Set(clusters.map(({ configHash }) => configHash.slice(0, 12)))].filter((hash) => hash !== '');
  return html`<footer><p>cniwatch. Each finding's rule and its sources: <code>cniwatch explain</code> with the check's name.${
    hashes.length > 0 ? html` Configuration <code>${hashes.join(', ')}</code>.` : ''
  }</p></footer>`;
}

const total = (calls: Readonly<Record<string, number>>): number => Object.values(calls).reduce((sum, count) => sum + count, 0);
const word = (verdict: Verdict): string => verdict.replace('-', ' ');
