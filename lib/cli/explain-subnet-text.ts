import pico from 'picocolors';
import type { BlockHolder, BlockToFree } from '#lib/cli/explain-subnet-blocks.ts';
import type { SubnetDocument } from '#lib/cli/explain-subnet-document.ts';
import { holderRows } from '#lib/cli/explain-subnet-holders.ts';
import { mapLines } from '#lib/cli/explain-subnet-map.ts';
import { HOW_TO_RELEASE } from '#lib/cli/explain-subnet-releases.ts';
import { section } from '#lib/cli/sections.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import { RELEASES, type Release } from '#lib/network/prefix-blockers.ts';
import { timeText } from '#lib/report/words.ts';
import { wrap } from '#lib/report/wrap.ts';

interface Layout {
  readonly width: number;
  readonly colour: boolean;
}

/** For a terminal: what is free, who holds the rest, the map, and what is cheapest to free and how. */
export function subnetText(document: SubnetDocument, { width, colour }: Layout): string {
  const { subnet, cluster, takenAt, map, blocksToFree } = document;
  const paint = pico.createColors(colour);
  const name = subnet.name === null ? '' : ` (${plainText(subnet.name)})`;
  const title = `${plainText(subnet.subnetId)}${name}: ${subnet.cidr}, ${plainText(subnet.availabilityZone)}`;
  const lines = [
    paint.bold(title),
    `as ${plainText(cluster.name)} in ${plainText(cluster.region)} sees it, read at ${timeText(takenAt)}`,
    '',
    ...summaryLines(document).flatMap((line) => wrap(line, width)),
    ...document.unread.flatMap((clause) => wrap(`Not known: ${plainText(clause)}.`, width)),
    ...holderRows(document, paint),
    ...(map === null ? [] : mapLines(map, subnet.cidr, paint)),
    ...(blocksToFree === null ? [] : freeingLines(blocksToFree, width, paint.bold)),
    '',
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

function summaryLines({ total, free, prefixes, holders, reservations }: SubnetDocument): readonly string[] {
  if (total === 0) return ['It has no IPv4 addresses to hand out.'];
  const used = Math.floor((1000 * (total - free)) / total) / 10;
  const blocks =
    prefixes &&
    `${prefixes.freePrefixes} of ${prefixes.maxPrefixes} /28 blocks are free; fragmentation index ${prefixes.fragmentationIndex.toFixed(3)}.`;
  const unseen =
    holders && prefixes && holders.unaccounted > 0
      ? `${holders.unaccounted} used addresses cannot be seen, so at least ${prefixes.freePrefixesAtLeast} blocks are free, and the map is an upper bound.`
      : null;
  const kept = reservations?.map(({ cidr, reservationType }) => `${cidr} (${reservationType})`).join(', ');
  return [
    `${free} of ${total} addresses are free, ${used} % used.`,
    ...(blocks ? [blocks] : []),
    ...(prefixes && prefixes.reservedPrefixes > 0
      ? [
          `${plural(prefixes.reservedPrefixes, 'more block')} lie free in its prefix reservations.`.replace(
            'block lie',
            'block lies',
          ),
        ]
      : []),
    ...(kept ? [`Reserved: ${kept}.`] : []),
    ...(unseen ? [unseen] : []),
  ];
}

function freeingLines(blocks: readonly BlockToFree[], width: number, bold: (text: string) => string): readonly string[] {
  if (blocks.length === 0) return ['', bold('Blocks to free'), '  None: no block would be free without its single addresses.'];
  const kinds = new Set(blocks.flatMap(({ heldBy }) => heldBy.map(({ release }) => release)));
  return [
    ...section(
      bold('Blocks to free, the cheapest first'),
      blocks.map(({ block, heldBy }) => [block, RELEASES.flatMap((release) => releaseClause(release, heldBy)).join('; ')]),
      width,
    ),
    ...section(
      bold('Who frees them, and how'),
      RELEASES.filter((release) => kinds.has(release)).map((release) => [release, HOW_TO_RELEASE[release]]),
      width,
    ),
  ];
}

/** So many are named in a line; JSON names all. */
const NAMED = 3;

/** What of a block is released in one way: by whom it is held, and the pods there. */
function releaseClause(release: Release, heldBy: readonly BlockHolder[]): readonly string[] {
  const holders = heldBy.filter((holder) => holder.release === release);
  if (holders.length === 0) return [];
  const pods = holders.flatMap((holder) => holder.pods);
  const whose = [...new Set(holders.map(whoseIs).filter((name) => name !== ''))];
  return [
    plainText(
      [
        `${release}: ${named(
          holders.flatMap(({ ips }) => ips),
          'addresses',
        )} of ${named(
          holders.map(({ eniId }) => eniId),
          'interfaces',
        )}`,
        ...(whose.length > 0 && whose.length <= NAMED ? [`(${whose.join(', ')})`] : []),
        ...(pods.length > 0 ? [`with ${named(pods, 'pods')}`] : []),
      ].join(' '),
    ),
  ];
}

const named = (names: readonly string[], plurals: string): string =>
  names.length > NAMED ? `${names.length} ${plurals}` : names.join(', ');

function whoseIs({ node, cluster, service, description }: BlockHolder): string {
  return node ?? (cluster !== undefined ? `cluster ${cluster}` : (service ?? description));
}
