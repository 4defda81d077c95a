import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { isSubnetMap } from '#lib/network/subnet-map.ts';
import type { Problem } from '#lib/report/fold.ts';
import { evidenceTable } from '#lib/report/html-evidence.ts';
import { mapDetails } from '#lib/report/html-map.ts';
import { html, type Markup, withCode } from '#lib/report/html-markup.ts';
import { adviceText, causesText, impactText, isOurs, resourceText, suppressionText } from '#lib/report/words.ts';

export const badge = (verdict: Verdict): Markup => html`<span class="badge ${verdict}">${verdict.replace('-', ' ')}</span>`;

/** A problem: everything that decides what to do stands unfolded, its evidence and the resources that are alike beneath. */
export function problemCard({ finding, checks, others }: Problem, cluster: Pick<Assessment, 'findings'>): Markup {
  const notes = [causesText(finding, cluster), suppressionText(finding)].filter((note) => note !== undefined);
  const impact = impactText(finding);
  return html`<article class="${finding.verdict}">
<h3>${badge(finding.verdict)} ${checks.join(', ')} <span class="id">${resourceText(finding.resource)}</span></h3>
<p>${finding.summary}${impact === undefined ? '' : html` <span class="soft">${impact}</span>`}</p>
${othersDetails(others)}${notes.map((note) => html`<p class="soft">${note}</p>\n`)}<p class="do"><b>What to do:</b> ${isOurs(finding) ? withCode(adviceText(finding)) : adviceText(finding)}</p>
${evidenceDetails(finding)}</article>
`;
}

/** Of a rollout that failed, the nodes: each with its own summary and evidence, folded away. */
function othersDetails(others: readonly Finding[]): Markup {
  if (others.length === 0) return html``;
  const rows = others.map(
    (finding) =>
      html`<tr><td class="id">${resourceText(finding.resource)}</td><td>${finding.summary}${evidenceDetails(finding)}</td></tr>\n`,
  );
  return html`<details><summary>The same of ${others.length} more</summary>
<table><thead><tr><th scope="col">Resource</th><th scope="col">What was measured</th></tr></thead><tbody>
${rows}</tbody></table></details>
`;
}

/** What is well, folded away under its counts: a group a check, with each resource's evidence. */
export function quietFindings(findings: readonly Finding[], counts: string): Markup {
  if (findings.length === 0) return html``;
  return html`<details class="group"><summary>${counts}</summary>
${groups(findings)}</details>
`;
}

/** What the configuration knows of, folded away: why, and until when. */
export function suppressedFindings(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return html``;
  const rows = findings.map(
    (finding) =>
      html`<tr><td>${badge(finding.verdict)}</td><td>${finding.check}</td><td class="id">${resourceText(finding.resource)}</td><td>${finding.summary}${evidenceDetails(finding)}</td><td>${suppressionText(finding) ?? ''}</td></tr>\n`,
  );
  return html`<details class="group"><summary>${plural(findings.length, 'suppressed finding')}</summary>
<table><thead><tr><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col">Resource</th><th scope="col">What was measured</th><th scope="col">Why it counts for nothing</th></tr></thead><tbody>
${rows}</tbody></table></details>
`;
}

function groups(findings: readonly Finding[]): readonly Markup[] {
  return [...Map.groupBy(findings, ({ check, verdict }) => `${check} ${verdict}`).values()].map((group) => {
    const [{ check, verdict } = { check: '', verdict: 'ok' as const }] = group;
    const rows = group.map(
      (finding) =>
        html`<tr><td class="id">${resourceText(finding.resource)}</td><td>${finding.summary}${evidenceDetails(finding)}</td></tr>\n`,
    );
    return html`<details><summary>${badge(verdict)} ${check}: ${plural(group.length, 'resource')}</summary>
<table><thead><tr><th scope="col">Resource</th><th scope="col">What was measured</th></tr></thead><tbody>
${rows}</tbody></table></details>
`;
  });
}

function evidenceDetails({ evidence }: Finding): Markup {
  const { map, ...rest } = evidence;
  const cidr = evidence['cidr'];
  if (!isSubnetMap(map) || typeof cidr !== 'string') return foldedTable(evidence);
  return html`${mapDetails(map, cidr)}${foldedTable(rest)}`;
}

function foldedTable(evidence: Finding['evidence']): Markup {
  if (Object.keys(evidence).length === 0) return html``;
  return html`<details><summary>Evidence</summary>${evidenceTable(evidence)}</details>`;
}
