/** A Markdown table; cells are escaped. Empty where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

export const code = (text: string): string => `\`${text}\``;

/** A section with its heading, or nothing where it has no body. */
export function section(heading: string, ...body: readonly string[]): string {
  const told = body.filter((part) => part !== '');
  return told.length > 0 ? [`## ${heading}`, ...told].join('\n\n') : '';
}

/** Parts of a page, one blank line between them. */
export function page(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
