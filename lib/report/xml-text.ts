import { plainText } from '#lib/model/plain-text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/**
 * For text and for quoted attribute values: one line, without the characters that XML has no way to write, not even as references.
 * Source: XML 1.0 (fifth edition), section 2.2, "Characters".
 */
export function escapeXml(text: string): string {
  return plainText(text)
    .replace(/[\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
