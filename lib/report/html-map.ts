import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { formatIpv4, parseIpv4 } from '#lib/network/ipv4.ts';
import { BLOCKS, type Block, countBlocks, type MapRow, mapRows } from '#lib/network/subnet-map.ts';
import { html, type Markup } from '#lib/report/html-markup.ts';

/** Of the style sheet. */
const CLASSES: Readonly<Record<Block, string>> = {
  '.': 'free',
  p: 'reserved',
  e: 'kept',
  a: 'amazon',
  '#': 'prefix',
  '=': 'their-prefix',
  l: 'leaked',
  o: 'ours',
  x: 'theirs',
};

/** The map of a subnet, folded away: its /28 blocks by who holds them, a row a /24, and what the characters mean. */
export function mapDetails(map: string, cidr: string): Markup {
  const counts = countBlocks(map);
  const legend = counts.map(
    ([block, count]) => html`<li><span class="run ${CLASSES[block]}">${block}</span> <b>${count}</b> ${BLOCKS[block]}</li>`,
  );
  return html`<details><summary>Map of ${cidr}, a character a /28 block</summary>
<div class="map"><table><tbody>${mapRows(map, cidr).map(rowMarkup)}</tbody></table>
<ul>${legend}</ul></div></details>
`;
}

function rowMarkup(row: MapRow): Markup {
  const alike = row.rows > 1 ? html` <span class="soft">to ${row.to}: ${row.rows} rows alike</span>` : '';
  return html`<tr><th scope="row">${row.from}</th><td>${runsOf(row).map(runMarkup)}${alike}</td></tr>\n`;
}

interface Run {
  readonly block: Block;
  readonly blocks: string;
  /** First address; undefined where the row stands for several. */
  readonly first: number | undefined;
}

/** Neighbours of one kind are one element: a /16 has 4,096 blocks. */
function runsOf({ from, rows, blocks }: MapRow): readonly Run[] {
  const first = rows > 1 ? undefined : parseIpv4(from);
  return [...blocks.matchAll(/(.)\1*/g)].map(({ 0: run, index }) => ({
    block: run[0] as Block,
    blocks: run,
    first: first === undefined ? undefined : first + PREFIX_SIZE * index,
  }));
}

/** Short where it can be: a /16 with a hole in every block is 4,096 of these. */
function runMarkup({ block, blocks, first }: Run): Markup {
  const style = blocks.length > 1 ? html` style="--blocks: ${blocks.length}"` : '';
  return html`<span class="run ${CLASSES[block]}"${style}${first === undefined ? '' : html` title="${rangeOf(first, blocks.length)}"`}>${blocks}</span>`;
}

function rangeOf(first: number, blocks: number): string {
  return blocks === 1 ? `${formatIpv4(first)}/28` : `${formatIpv4(first)} to ${formatIpv4(first + PREFIX_SIZE * blocks - 1)}`;
}
