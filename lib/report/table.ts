import pico from 'picocolors';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import { BADGE, badge } from '#lib/report/badge.ts';
import { problemsOf, type Render, suppressedOf, worstFirst } from '#lib/report/document.ts';
import { fold, type Problem } from '#lib/report/fold.ts';
import {
  briefAdvice,
  causesText,
  clusterCountsText,
  countsText,
  impactText,
  resourceText,
  suppressionText,
  timeText,
} from '#lib/report/words.ts';
import { wrap } from '#lib/report/wrap.ts';

type Colours = ReturnType<typeof pico.createColors>;

/** A check that many nodes fail alike shows this many of them; JSON, Markdown and HTML hold all. */
const SHOWN_PER_CHECK = 10;
/** A remediation is explained up to this many lines; Markdown and HTML explain it whole. */
const ADVICE_LINES = 3;
const INDENT = ' '.repeat(2 + BADGE + 2);

/** For a terminal in the middle of the night: a line a cluster, then the problems, worst first, and what to do. */
export const render: Render = (document, { colour = false, width = 100 }) => {
  const paint = pico.createColors(colour);
  const clusters = worstFirst(document.clusters);
  const lines = [
    ...overview(clusters, paint),
    ...clusters.flatMap((cluster) => problemLines(cluster, clusters.length > 1, { width, paint, told: new Set() })),
    '',
    `${plural(clusters.length, 'cluster')} checked at ${timeText(document.generatedAt)}: ${clusterCountsText(clusters)}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
};

function overview(clusters: readonly Assessment[], paint: Colours): string[] {
  const cells = clusters.map(({ name, region, account }) => [name, region, account].map(plainText));
  const widths = [0, 1, 2].map((column) => Math.max(0, ...cells.map((row) => [...(row[column] ?? '')].length)));
  return clusters.map((cluster, index) => {
    const [name = '', ...place] = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `${badge(cluster.verdict, paint)}  ${paint.bold(name)}  ${place.join('  ')}  ${countsText(cluster.summary)}${unread(cluster)}`;
  });
}

/** Said even of a cluster that is ok: its checks could do without what was not read, the reader should still know. */
function unread({ collectors }: Assessment): string {
  const failed = collectors.filter(({ ok }) => !ok).map(({ id }) => plainText(id));
  return failed.length > 0 ? `; not read: ${failed.join(', ')}` : '';
}

interface Layout {
  readonly width: number;
  readonly paint: Colours;
  /** Remediations that have been explained: once a cluster is enough. */
  readonly told: Set<string>;
}

function problemLines(cluster: Assessment, named: boolean, layout: Layout): string[] {
  const { paint } = layout;
  const problems = fold(problemsOf(cluster));
  const suppressed = suppressedLines(cluster, layout);
  if (problems.length === 0 && suppressed.length === 0) return [];
  const title = named ? ['', paint.bold(paint.underline(`${plainText(cluster.name)} in ${plainText(cluster.region)}`))] : [];
  const shown = new Map<string, number>();
  const lines: string[] = [];
  for (const each of problems) {
    const { finding } = each;
    const group = `${finding.check} ${finding.verdict}`;
    const before = shown.get(group) ?? 0;
    shown.set(group, before + 1);
    if (before < SHOWN_PER_CHECK) lines.push('', ...problem(each, cluster, layout));
  }
  const hidden = [...shown].filter(([, count]) => count > SHOWN_PER_CHECK);
  const more = hidden.map(
    ([group, count]) => `  and ${count - SHOWN_PER_CHECK} more of ${plainText(group)}: --output json lists them`,
  );
  return [...title, ...lines, ...(more.length > 0 ? ['', ...more.map((line) => paint.dim(line))] : []), ...suppressed];
}

/** In short: somebody knows of them. */
function suppressedLines(cluster: Assessment, { width, paint }: Layout): string[] {
  const known = suppressedOf(cluster);
  if (known.length === 0) return [];
  const shown = known.slice(0, SHOWN_PER_CHECK).flatMap((finding) => {
    const { check, verdict, resource } = finding;
    const text = `${verdict} · ${plainText(check)} · ${resourceText(resource)} · ${suppressionText(finding)}`;
    return wrap(text, width - 2).map((line) => `  ${paint.dim(line)}`);
  });
  const more = known.length - SHOWN_PER_CHECK;
  return ['', ...shown, ...(more > 0 ? [paint.dim(`  and ${more} more that are suppressed: --output json lists them`)] : [])];
}

function problem({ finding, checks, others }: Problem, cluster: Assessment, layout: Layout): string[] {
  const { width, paint } = layout;
  const notes = [causesText(finding, cluster), suppressionText(finding)].filter((note) => note !== undefined);
  const impact = impactText(finding);
  const heading = [checks.map(plainText).join(', '), resourceText(finding.resource), ...(impact ? [impact] : [])].join(' · ');
  const [first = '', ...rest] = wrap(heading, width - INDENT.length);
  return [
    `  ${badge(finding.verdict, paint)}  ${paint.bold(first)}`,
    ...rest.map((line) => INDENT + paint.bold(line)),
    ...wrap(plainText(finding.summary), width - INDENT.length).map((line) => INDENT + line),
    ...othersLines(
      others.map(({ resource }) => resource),
      width,
    ).map((line) => INDENT + paint.dim(line)),
    ...notes.flatMap((note) => wrap(`${note}.`, width - INDENT.length)).map((line) => INDENT + line),
    ...adviceLines(finding, layout).map((line) => INDENT + paint.cyan(line)),
  ];
}

/** Names beyond these are in the other formats. */
const OTHERS_NAMED = 8;

function othersLines(others: readonly Finding['resource'][], width: number): string[] {
  if (others.length === 0) return [];
  const named = others.slice(0, OTHERS_NAMED).map(({ id, name }) => plainText(name ?? id));
  const more = others.length > named.length ? [`and ${others.length - named.length} more`] : [];
  return wrap(`The same of ${[...named, ...more].join(', ')}.`, width - INDENT.length);
}

function adviceLines(finding: Finding, { width, told }: Layout): string[] {
  const { remediation = '' } = finding;
  const lines = (text: string): string[] => wrap(`→ ${text}`, width - INDENT.length);
  const advice = briefAdvice(finding, (text) => !told.has(remediation) && lines(text).length <= ADVICE_LINES);
  told.add(remediation);
  return lines(advice);
}
