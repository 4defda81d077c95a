import { wrap } from '#lib/report/wrap.ts';

/** A title and its entries: names on the left, what they mean wrapped on the right. Nothing where there are none. */
export function section(title: string, entries: readonly (readonly [string, string])[], width: number): string[] {
  if (entries.length === 0) return [];
  const column = Math.min(Math.max(...entries.map(([name]) => name.length)), 24);
  const indent = column === 0 ? 2 : column + 4;
  return [
    '',
    title,
    ...entries.flatMap(([name, text]) => {
      const [first = '', ...rest] = wrap(text, width - indent);
      const lead = column === 0 ? '  ' : `  ${name.padEnd(column)}  `;
      const head = lead.length > indent ? [`  ${name}`, ' '.repeat(indent) + first] : [lead + first];
      return [...head, ...rest.map((line) => ' '.repeat(indent) + line)];
    }),
  ];
}
