const ESCAPE = String.fromCharCode(27);
const CONTROL_SEQUENCE = /^\[[0-?]*[ -/]*[@-~]/;

/**
 * Text of a cluster (names, messages of events, tags) made safe for any output: one line, without control characters,
 * terminal escapes, or the invisible format characters that reorder and hide text.
 * Sources: ECMA-48 (control sequences); Unicode Technical Report 36, "Bidirectional Text Spoofing".
 */
export function plainText(text: string): string {
  const [head = '', ...tails] = text.toWellFormed().split(ESCAPE);
  return [head, ...tails.map((tail) => tail.replace(CONTROL_SEQUENCE, ''))]
    .join('')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '');
}
