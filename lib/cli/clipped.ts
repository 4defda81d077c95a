import { wrap } from '#lib/report/wrap.ts';

/** A text in at most so many lines of so many columns: cut at a word, and said so by what stands at the end. */
export function clipped(text: string, most: number, width: number, end = '...'): readonly string[] {
  const lines = wrap(text, width);
  if (lines.length <= most) return lines;
  const last = wrap(lines[most - 1] ?? '', width - end.length - 1)[0] ?? '';
  return [...lines.slice(0, most - 1), `${last} ${end}`];
}
