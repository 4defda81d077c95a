import { html, type Markup } from '#lib/report/html-markup.ts';

/** Evidence as a table of names and values; values within values are tables within it. */
export function evidenceTable(evidence: Readonly<Record<string, unknown>>): Markup {
  const rows = Object.entries(evidence).map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${valueMarkup(value)}</td></tr>`,
  );
  return html`<table class="evidence"><tbody>${rows}</tbody></table>`;
}

function valueMarkup(value: unknown): Markup {
  if (value === null || value === undefined) return html`–`;
  if (Array.isArray(value)) return listOf(value);
  if (typeof value === 'object') return evidenceTable(value as Record<string, unknown>);
  return html`${String(value)}`;
}

function listOf(values: readonly unknown[]): Markup {
  if (values.length === 0) return html`none`;
  if (values.every(isRecord)) return recordsTable(values);
  return html`${values.map((value, index) => html`${index > 0 ? ', ' : ''}${valueMarkup(value)}`)}`;
}

/** A list of objects: a column for each key that any of them has. */
function recordsTable(records: readonly Readonly<Record<string, unknown>>[]): Markup {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return html`<table class="records"><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${records.map(
    (record) => html`<tr>${columns.map((column) => html`<td>${valueMarkup(record[column])}</td>`)}</tr>`,
  )}</tbody></table>`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
