import type pico from 'picocolors';
import type { Verdict } from '#lib/model/verdict.ts';

type Colours = ReturnType<typeof pico.createColors>;

/** Columns of the longest. */
export const BADGE = 'CRITICAL'.length;

/** A verdict as a coloured word of one width. */
export function badge(verdict: Verdict, paint: Colours): string {
  const text = (verdict === 'not-applicable' ? 'n/a' : verdict).toUpperCase().padEnd(BADGE);
  switch (verdict) {
    case 'critical':
      return paint.bold(paint.red(text));
    case 'warning':
      return paint.yellow(text);
    case 'unknown':
      return paint.magenta(text);
    case 'ok':
      return paint.green(text);
    case 'not-applicable':
      return paint.dim(text);
  }
}
