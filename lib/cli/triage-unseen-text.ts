import { clipped } from '#lib/cli/clipped.ts';
import type { TriageDocument, Unseen } from '#lib/model/triage.ts';
import { plainText } from '#lib/report/plain-text.ts';
import { wrap } from '#lib/report/wrap.ts';

/** So many gaps have their reason in full; the others are named. */
const EXPLAINED = 2;

/** What was not seen, and what nobody asked for: a screen that left it out would say more than is known. */
export function unseenLines(
  { unseen, notEnabled, suppressed }: Pick<TriageDocument, 'unseen' | 'notEnabled' | 'suppressed'>,
  width: number,
): string[] {
  const explained = unseen.slice(0, EXPLAINED).flatMap((gap) => indented(gapText(gap), width));
  const others = unseen.slice(EXPLAINED).map(({ what, code }) => (code === null ? what : `${what} (${code})`));
  return [
    ...(unseen.length === 0 ? [] : ['', 'Not seen, so further problems may be hidden:', ...explained]),
    ...(others.length === 0 ? [] : indented(`and ${others.join(', ')}.`, width)),
    ...(suppressed === 0 ? [] : ['', `Suppressed by cniwatch.yaml and left out: ${suppressed}.`]),
    ...(notEnabled.length === 0 ? [] : ['', ...wrap(plainText(`Opt-in and not switched on: ${notEnabled.join(', ')}.`), width)]),
  ];
}

function gapText({ what, code, reason, remedy }: Unseen): string {
  return [`${what}${code === null ? '' : ` (${code})`}: ${reason}`, ...(remedy === null ? [] : [remedy])].join(' ');
}

const MOST_LINES = 2;
const indented = (text: string, width: number): readonly string[] =>
  clipped(plainText(text), MOST_LINES, width - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`));
