import type pico from 'picocolors';
import { BLOCKS, type Block, countBlocks, mapRows } from '#lib/network/subnet-map.ts';

type Colours = ReturnType<typeof pico.createColors>;

/** The map, a row a /24 with equal neighbours folded, and the legend of what is in it. */
export function mapLines(map: string, cidr: string, paint: Colours): readonly string[] {
  if (map === '') return [];
  const rows = mapRows(map, cidr);
  const column = Math.max(...rows.map(({ from }) => from.length));
  return [
    '',
    paint.bold('Map, a character a /28 block'),
    ...rows.map(({ from, to, rows: alike, blocks }) => {
      const folded = alike > 1 ? paint.dim(`  to ${to}: ${alike} rows alike`) : '';
      return `  ${from.padEnd(column)}  ${[...blocks].map((block) => painted(block as Block, paint)).join('')}${folded}`;
    }),
    '',
    ...countBlocks(map).map(([block, count]) => `  ${painted(block, paint)} ${String(count).padStart(5)}  ${BLOCKS[block]}`),
  ];
}

function painted(block: Block, paint: Colours): string {
  switch (block) {
    case '.':
    case 'a':
    case 'e':
      return paint.dim(block);
    case 'p':
      return paint.cyan(block);
    case '#':
      return paint.blue(block);
    case '=':
      return paint.magenta(block);
    case 'l':
    case 'o':
      return paint.yellow(block);
    case 'x':
      return paint.red(block);
  }
}
