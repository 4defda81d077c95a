import { plainText } from '#lib/model/plain-text.ts';

/** Text of a cluster as one plain line of at most `most` characters. */
export function clip(text: string, most: number): string {
  const characters = [...plainText(text).trim()];
  return characters.length <= most
    ? characters.join('')
    : `${characters
        .slice(0, most - 3)
        .join('')
        .trimEnd()}...`;
}

/** The same, with nothing in it that a mail program or a phone makes a link of: only cniwatch's own links are to be followed. */
export const unlinked = (text: string, most: number): string =>
  clip(
    plainText(text)
      .replaceAll('://', '[:]//')
      .replace(/\b(www|mailto|tel)([.:])/gi, '$1[$2]'),
    most,
  );

/** Text in printable ASCII: what others there are become question marks. */
export const clipAscii = (text: string, most: number): string => clip(text.replace(/[^\x20-\x7e]/g, '?'), most);
