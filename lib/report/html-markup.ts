import { plainText } from '#lib/model/plain-text.ts';

/** Markup that was built here; anything else is text and gets escaped. */
export class Markup {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Part = string | number | Markup | readonly Part[];

/**
 * Builds markup from a template: what is put in is escaped, unless it is Markup itself.
 * So text of a cluster cannot become an element or leave an attribute, whoever writes the template.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literals.reduce((source, literal, index) => source + sourceOf(parts[index - 1] ?? '') + literal));
}

function sourceOf(part: Part): string {
  if (part instanceof Markup) return part.source;
  if (typeof part === 'object') return part.map(sourceOf).join('');
  return escapeHtml(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for quoted attribute values. Source: OWASP, "Cross Site Scripting Prevention Cheat Sheet". */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Text whose `backticks` set off names, as the remedies do: those are code. */
export function withCode(text: string): Markup {
  const parts = text.split('`');
  // An odd one out is a backtick of the text itself.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
