import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { isProblem, isQuiet, problemsOf, type Render, suppressedOf, worstFirst } from '#lib/report/document.ts';
import {
  adviceText,
  causesText,
  clusterCountsText,
  countsText,
  quietCountsText,
  resourceText,
  suppressionText,
  timeText,
} from '#lib/report/words.ts';

/** GitHub-flavoured Markdown, for an issue or a pull request: the fleet, then each cluster with its problems first. */
export const render: Render = (document, { problems = false }) => {
  const clusters = worstFirst(document.clusters);
  const blocks = [
    '# Pod networking of the fleet',
    `${plural(clusters.length, 'cluster')} checked at ${timeText(document.generatedAt)}: ${clusterCountsText(clusters)}.`,
    table(
      ['Verdict', 'Cluster', 'Region', 'Account', 'Findings'],
      clusters.map(({ verdict, name, region, account, summary }) => [
        mark(verdict),
        ...[name, region, account].map(escapeMarkdown),
        countsText(summary),
      ]),
    ),
    ...clusters.flatMap((cluster) => clusterBlocks(cluster, problems)),
  ];
  return `${blocks.join('\n\n')}\n`;
};

function clusterBlocks(cluster: Assessment, problemsOnly: boolean): string[] {
  const found = problemsOf(cluster);
  const others = cluster.findings.filter(isQuiet);
  const suppressed = suppressedOf(cluster);
  const failed = cluster.collectors.filter(({ ok }) => !ok);
  return [
    `## ${escapeMarkdown(cluster.name)} in ${escapeMarkdown(cluster.region)}: ${mark(cluster.verdict)}`,
    found.length > 0
      ? table(
          ['Verdict', 'Check', 'Resource', 'What was measured', 'What to do'],
          found.map((finding) => problemRow(finding, cluster)),
        )
      : 'No problems.',
    ...(suppressed.length > 0
      ? [
          '### Suppressed',
          table(
            ['Verdict', 'Check', 'Resource', 'What was measured', 'Until'],
            suppressed.map((finding) =>
              problemRow(finding, cluster)
                .slice(0, 4)
                .concat(escapeMarkdown(untilText(finding))),
            ),
          ),
        ]
      : []),
    ...(failed.length > 0
      ? [
          '### Not read',
          table(
            ['Source', 'Why', 'What to do'],
            failed.map(({ id, reason = '', remedy = '' }) => [id, reason, remedy].map(escapeMarkdown)),
          ),
        ]
      : []),
    ...(problemsOnly || others.length === 0
      ? []
      : [
          `<details><summary>${quietCountsText(cluster.summary)}</summary>`,
          table(
            ['Verdict', 'Check', 'Resource', 'What was measured'],
            others.map((finding) => problemRow(finding, cluster).slice(0, 4)),
          ),
          '</details>',
        ]),
  ];
}

const problemRow = (finding: Finding, cluster: Assessment): string[] => [
  mark(finding.verdict),
  ...[finding.check, resourceText(finding.resource), measured(finding, cluster), adviceText(finding)].map(escapeMarkdown),
];

function measured(finding: Finding, cluster: Assessment): string {
  const ended = finding.suppressed === undefined ? suppressionText(finding) : undefined;
  const notes = [causesText(finding, cluster), ended].filter((note) => note !== undefined);
  return notes.length === 0 ? finding.summary : `${finding.summary} (${notes.join('; ')})`;
}

const untilText = ({ suppressed }: Finding): string => (suppressed ? `${suppressed.until}: ${suppressed.reason}` : '');

/** Verdicts are our own words: they need no escape. */
export const mark = (verdict: Verdict): string => (isProblem({ verdict }) ? `**${verdict}**` : verdict.replace('-', ' '));

/** Cells are Markdown already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * Text of a cluster as Markdown that means that text: punctuation is escaped by a backslash, what HTML reads by entities.
 * Source: CommonMark 0.31, "Backslash escapes"; GitHub Flavored Markdown, "Autolinks (extension)".
 */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replaceAll('://', '\\://')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}\\.`);
}
