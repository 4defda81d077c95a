import { onlyProblems, type Render } from '#lib/report/document.ts';

/** The document itself. */
export const render: Render = (document, { problems = false }) => jsonText(problems ? onlyProblems(document) : document);

/**
 * A document as text. Control and format characters beyond ASCII are written as escapes: JSON allows them raw, but a
 * terminal may act on them (U+009B starts a control sequence).
 */
export function jsonText(document: unknown): string {
  const text = JSON.stringify(document, undefined, 2);
  return `${text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits)}\n`;
}

/** One `\uXXXX` a UTF-16 unit (RFC 8259, section 7). */
const escapeUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`).join(
    '',
  );
