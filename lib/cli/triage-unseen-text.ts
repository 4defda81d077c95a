import { clipped } from '#lib/cli/clipped.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import type { TriageDocument, Unseen } from '#lib/model/triage.ts';

/** So many gaps have their reason in full, or their name; the others are named, or counted. */
const EXPLAINED = 2;
const MOST_LINES = 2;

type Parts = Pick<TriageDocument, 'unseen' | 'notEnabled' | 'suppressed'>;

/**
 * What was not seen, and what nobody asked for: a screen that left it out would say more than is known. Beneath problems, and of opt-in
 * sources alone, several gaps take two lines; where no problem was found, gaps are the news and have their reasons.
 */
export function unseenLines({ unseen, notEnabled, suppressed }: Parts, width: number, hasProblems: boolean): string[] {
  const several = unseen.length > 1 && (hasProblems || unseen.every(isOptIn));
  const gaps = unseen.length === 0 ? [] : several ? counted(unseen, width) : explained(unseen, width);
  const rest = [
    ...(suppressed === 0 ? [] : [`Suppressed by cniwatch.yaml and left out: ${suppressed}.`]),
    ...(notEnabled.length === 0 ? [] : notEnabledLines(notEnabled, width)),
  ];
  const lines = [...gaps, ...rest];
  return lines.length === 0 ? [] : ['', ...lines];
}

function isOptIn({ what }: Unseen): boolean {
  return OPT_IN_SOURCES.some((source) => source === what);
}

function counted(unseen: readonly Unseen[], width: number): readonly string[] {
  // What every cluster is read for weighs more than what was asked for on top.
  const byWeight = unseen.toSorted((a, b) => Number(isOptIn(a)) - Number(isOptIn(b)));
  const left = unseen.length - EXPLAINED;
  const named = [...byWeight.slice(0, EXPLAINED).map(nameOf), ...(left > 0 ? [`${left} more`] : [])];
  const text = `Not seen, so more may be hidden: ${plural(unseen.length, 'gap')}: ${named.join(', ')}. For the reasons: --output json; for grants: cniwatch doctor.`;
  return clipped(plainText(text), MOST_LINES, width);
}

function explained(unseen: readonly Unseen[], width: number): readonly string[] {
  const first = unseen.slice(0, EXPLAINED).flatMap((gap) => indented(gapText(gap), width));
  const others = unseen.slice(EXPLAINED).map(nameOf);
  return [
    'Not seen, so further problems may be hidden:',
    ...first,
    ...(others.length === 0 ? [] : indented(`and ${others.join(', ')}.`, width)),
  ];
}

function notEnabledLines(checks: readonly string[], width: number): readonly string[] {
  return clipped(plainText(`Opt-in and not switched on: ${checks.join(', ')}.`), 1, width, `... (${checks.length})`);
}

const nameOf = ({ what, code }: Pick<Unseen, 'what' | 'code'>): string => (code === null ? what : `${what} (${code})`);

function gapText({ what, code, reason, remedy }: Unseen): string {
  return [`${nameOf({ what, code })}: ${reason}`, ...(remedy === null ? [] : [remedy])].join(' ');
}

const indented = (text: string, width: number): readonly string[] =>
  clipped(plainText(text), MOST_LINES, width - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`));
