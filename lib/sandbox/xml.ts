/** A value of an answer: undefined is left out. */
export type XmlValue = string | number | boolean | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * One element and what is in it.
 * @param listed what the elements of lists are called: `item` in the EC2 query protocol, `member` in that of other services
 */
export function xml(name: string, value: XmlValue, listed: 'item' | 'member' = 'item'): string {
  if (value === undefined) return '';
  return `<${name}>${content(value, listed)}</${name}>`;
}

function content(value: XmlValue, listed: 'item' | 'member'): string {
  if (Array.isArray(value)) return value.map((item) => xml(listed, item, listed)).join('');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => xml(name, inner, listed))
      .join('');
  return String(value ?? '').replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
