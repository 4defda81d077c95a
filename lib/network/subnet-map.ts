import type { SubnetCidrReservation } from '#lib/model/ec2.ts';
import type { Attribution } from '#lib/network/address-holders.ts';
import { FREE, FREE_RESERVED, kindUnder, PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { formatIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';
import { holderIndex, PREFIX, RESERVED, reservationMap, type SubnetOccupancy } from '#lib/network/subnet-occupancy.ts';

/**
 * What each character of a map says of one /28 block, in the order of a legend. Shapes differ as well as colours, and all are ASCII,
 * for terminals and for readers who see few colours.
 */
export const BLOCKS = {
  '.': 'free: can be delegated as a prefix',
  p: 'free, in a prefix reservation',
  e: 'kept by an explicit reservation, or reserved in part',
  a: "first or last: AWS's own addresses are in it",
  '#': 'prefix of this cluster',
  '=': 'prefix of somebody else',
  l: 'leaked interfaces alone',
  o: "this cluster's single addresses, maybe with leaked ones",
  x: "single addresses, with somebody else's among them",
} as const;
export type Block = keyof typeof BLOCKS;

/**
 * One character a /28 block, in the order of the addresses; empty where the subnet is smaller than a block.
 * A block that a reservation keeps is shown by who holds addresses in it, as long as somebody does.
 * @param attributions in the order of `occupancy.interfaces`
 */
export function subnetMap(
  { block, holders }: SubnetOccupancy,
  reservations: readonly SubnetCidrReservation[],
  attributions: readonly Attribution[],
): string {
  const reserved = reservations.length > 0 ? reservationMap(block, reservations) : undefined;
  const ranks = attributions.map(rankOf);
  const map: Block[] = [];
  for (let from = 0; from + PREFIX_SIZE <= holders.length; from += PREFIX_SIZE) {
    map.push(heldAs(holders, from, ranks) ?? freeAs(reserved === undefined ? FREE : kindUnder(reserved, from)));
  }
  return map.join('');
}

function freeAs(kind: number): Block {
  if (kind === FREE) return '.';
  return kind === FREE_RESERVED ? 'p' : 'e';
}

const LEAKED = 1;
const OURS = 2;
const OTHERS = 3;

function rankOf({ holder }: Attribution): number {
  if (holder === 'leaked') return LEAKED;
  return holder === 'thisCluster' ? OURS : OTHERS;
}

const BY_RANK = ['x', 'l', 'o', 'x'] as const;

/** How a block is held, told by the one of its holders that is hardest to move; undefined where nobody holds any of it. */
function heldAs(holders: Uint32Array, from: number, ranks: readonly number[]): Block | undefined {
  let worst = 0;
  let delegated = false;
  for (let offset = from; offset < from + PREFIX_SIZE; offset++) {
    const holder = holders[offset] ?? 0;
    if (holder === 0) continue;
    if (holder & RESERVED) return 'a';
    const rank = ranks[holderIndex(holder)] ?? OTHERS;
    if (holder & PREFIX && rank !== LEAKED) delegated = true;
    if (rank > worst) worst = rank;
  }
  if (worst === 0) return undefined;
  if (delegated) return worst === OURS ? '#' : '=';
  return BY_RANK[worst];
}

/** Whether a text that claims to be a map, in a document of whatever version, is one that can be shown. */
export function isSubnetMap(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && Iterator.from(text).every((block) => Object.hasOwn(BLOCKS, block));
}

/** How many blocks of each kind a map has, in the order of the legend; none of what is not in it. */
export function countBlocks(map: string): readonly (readonly [Block, number])[] {
  const counts = new Map<string, number>();
  for (const block of map) counts.set(block, (counts.get(block) ?? 0) + 1);
  return (Object.keys(BLOCKS) as Block[]).flatMap((block) => {
    const count = counts.get(block);
    return count === undefined ? [] : [[block, count] as const];
  });
}

/** Blocks of a /24: what a row of a map shows, so that a row's beginning is an address that people know. */
const ROW = 16;

/** Rows of a map that look alike and follow on each other. */
export interface MapRow {
  /** First and last /24 (or what there is of one), as first addresses. */
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly blocks: string;
}

/** Folds a map into rows of a /24 each; equal neighbours are one. */
export function mapRows(map: string, cidr: string): readonly MapRow[] {
  const first = parseIpv4Block(cidr)?.first ?? 0;
  const rows: MapRow[] = [];
  for (let at = 0; at < map.length; at += ROW) {
    const blocks = map.slice(at, at + ROW);
    const address = formatIpv4(first + at * PREFIX_SIZE);
    const before = rows.at(-1);
    if (before?.blocks === blocks) rows[rows.length - 1] = { ...before, to: address, rows: before.rows + 1 };
    else rows.push({ from: address, to: address, rows: 1, blocks });
  }
  return rows;
}
