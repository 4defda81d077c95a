import pico from 'picocolors';
import { clipped } from '#lib/cli/clipped.ts';
import { unseenLines } from '#lib/cli/triage-unseen-text.ts';
import type { Access } from '#lib/evaluate/triage/command-names.ts';
import { extentText, timeText } from '#lib/evaluate/triage/headline.ts';
import { commandLine, nameForCommand } from '#lib/evaluate/triage/shell-word.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import type { Action, TriageDocument, TriageProblem } from '#lib/model/triage.ts';
import { badge } from '#lib/report/badge.ts';
import { wrap } from '#lib/report/wrap.ts';

export interface TriageTextOptions {
  /** Columns. Commands are longer where they must: they are there to be copied. */
  readonly width: number;
  readonly colour: boolean;
  readonly access: Access;
}

type Paint = ReturnType<typeof pico.createColors>;

/** So many lines for the problems beside the first: where there are more, the last line counts them. */
const LISTED = 3;
const SUMMARY_LINES = 2;
const ACTION_LINES = 3;

/** One screen for somebody woken at night: the worst first, with what to do and how to see it. */
export function triageText(document: TriageDocument, { width, colour, access }: TriageTextOptions): string {
  const paint = pico.createColors(colour);
  const { cluster, verdict, problems, headline } = document;
  const [first, ...others] = problems;
  const listed = others.slice(0, others.length > LISTED ? LISTED - 1 : LISTED);
  const left = others.length - listed.length;
  const lines = [
    `${badge(verdict, paint)}  ${paint.bold(plainText(cluster.name))}  ${plainText(cluster.region)}  ${plainText(cluster.account)}`,
    ...wrap(plainText(headline), width).map((line) => paint.bold(line)),
    ...(first === undefined ? [] : ['', ...firstProblem(first, width, paint)]),
    ...(others.length > 0 ? [''] : []),
    ...listed.flatMap((problem, at) => otherProblem(problem, at + 2, width, paint)),
    ...(left > 0 ? [`   and ${plural(left, 'more problem')}: --output json has them all`] : []),
    ...(first === undefined ? [] : ['', ...confirmLines(first, document, access, paint)]),
    ...unseenLines(document, width, first !== undefined).map((line) => paint.dim(line)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function firstProblem(problem: TriageProblem, width: number, paint: Paint): readonly string[] {
  const [root] = problem.roots;
  const more = problem.roots.length > 1 ? [`and ${problem.roots.length - 1} more like it`] : [];
  return [
    ...heading(problem, 1, width, paint),
    ...clipped(plainText(root?.summary ?? ''), SUMMARY_LINES, width - 3).map((line) => `   ${line}`),
    ...more.map((line) => `   ${line}`),
    ...symptomLines(problem, width),
    ...actionLines('Do', problem.primary, ACTION_LINES, width, paint),
    ...problem.fallbacks.slice(0, 2).flatMap((action) => actionLines('Else', action, 1, width, paint)),
  ];
}

/** A line or two: what, where, when, and what to do. */
function otherProblem(problem: TriageProblem, at: number, width: number, paint: Paint): readonly string[] {
  const { remediation } = problem.primary;
  return heading(problem, at, width, paint, remediation === null ? '' : ` → ${remediation}`);
}

function heading(problem: TriageProblem, at: number, width: number, paint: Paint, end = ''): readonly string[] {
  const parts = [problem.check, ...ownName(problem), extentText(problem.extent), timeText(problem)];
  const [first = '', ...rest] = wrap(`${parts.map(plainText).join(' · ')}${plainText(end)}`, width - 13);
  return [`${at}  ${badge(problem.verdict, paint)}  ${paint.bold(first)}`, ...rest.map((line) => `${' '.repeat(13)}${line}`)];
}

/** Of a workload or a group; where it is a place, the extent says it. */
function ownName({ roots }: TriageProblem): readonly string[] {
  const [root, ...others] = roots;
  if (root === undefined || others.length > 0 || PLACES.has(root.resource.kind)) return [];
  return [`${root.resource.kind} ${root.resource.id}`];
}

const PLACES: ReadonlySet<string> = new Set(['cluster', 'subnet', 'namespace', 'node', 'ip-pool']);

function symptomLines({ check: own, symptoms }: TriageProblem, width: number): readonly string[] {
  const others = symptoms.filter(({ check }) => check !== own);
  if (others.length === 0) return [];
  const listed = others.map(({ check, count }) => (count === 1 ? check : `${check} (${count})`)).join(', ');
  return clipped(plainText(`Explains ${listed}.`), SUMMARY_LINES, width - 3).map((line) => `   ${line}`);
}

function actionLines(lead: string, { remediation, text }: Action, most: number, width: number, paint: Paint): readonly string[] {
  const explain = remediation === null ? undefined : `cniwatch explain ${remediation}`;
  const words = remediation === null ? text : lead === 'Else' ? `${remediation} (${explain})` : `${remediation}: ${text}`;
  const end = explain === undefined ? '...' : `... (${explain})`;
  return clipped(plainText(words), most, width - 9, end).map((line, at) =>
    paint.cyan(at === 0 ? `   ${lead.padEnd(4)}  ${line}` : `         ${line}`),
  );
}

function confirmLines(
  { confirm }: TriageProblem,
  { cluster }: TriageDocument,
  { kubeconfig, context, profile }: Access,
  paint: Paint,
): readonly string[] {
  if (confirm.length === 0) return [];
  const [name, region] = [nameForCommand(cluster.name), nameForCommand(cluster.region)];
  const as = profile === undefined ? [] : [`--profile=${profile}`];
  const enter = commandLine(['aws', 'eks', 'update-kubeconfig', '--name', name, '--region', region, ...as]);
  const isEntered = kubeconfig !== undefined || context !== undefined || !confirm.some((line) => line.startsWith('kubectl '));
  return [
    `Confirm by hand${isEntered || enter === undefined ? '' : `; kubectl enters by: ${enter}`}`,
    // No plainText: it would change what is copied. Names with characters that a terminal acts on are not in commands.
    ...confirm.map((command) => `  ${paint.bold(command)}`),
  ];
}
