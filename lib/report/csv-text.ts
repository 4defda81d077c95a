import { plainText } from '#lib/model/plain-text.ts';

/** A number stands as it is; undefined is an empty cell. */
export type Cell = string | number | undefined;

/** What a spreadsheet takes for the start of a formula, in its full-width forms too. Source: OWASP, "CSV Injection". */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/**
 * A table as CSV: a header, lines that end in CRLF, and quotes where a cell needs them. Source: RFC 4180.
 * Text that a spreadsheet would run as a formula is preceded by an apostrophe: it comes from clusters.
 */
export function csvText(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = plainText(cell);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
