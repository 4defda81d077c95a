import { blocksOverlap, type Ipv4Block } from '#lib/network/ipv4.ts';

/** Addresses of a page, a bit each. */
const PAGE = 2 ** 16;

/** IPv4 addresses, as numbers, kept so that those of one subnet are found without a look at all others. */
export interface AddressSet {
  /** How many there are. */
  readonly size: number;
  /** Those of a block, ascending. */
  within(block: Ipv4Block): Uint32Array;
}

/** @param addresses unsigned, as `parseIpv4` gives them; those that are undefined are no addresses and are left out */
export function addressSet(addresses: Iterable<number | undefined>): AddressSet {
  const pages = new Map<number, Uint32Array>();
  let size = 0;
  for (const address of addresses) {
    if (address === undefined) continue;
    const first = address - (address % PAGE);
    const bits = pages.get(first) ?? new Uint32Array(PAGE / 32);
    pages.set(first, bits);
    const [word, bit] = [(address % PAGE) >>> 5, 1 << (address & 31)];
    if (((bits[word] ?? 0) & bit) === 0) size++;
    bits[word] = (bits[word] ?? 0) | bit;
  }
  const ascending = [...pages].sort(([a], [b]) => a - b);
  return {
    size,
    within(block) {
      const found = new Uint32Array(Math.min(size, block.size));
      let count = 0;
      for (const [first, bits] of ascending) {
        if (blocksOverlap(block, { first, size: PAGE })) count = addBits(found, count, { bits, first }, block);
      }
      return found.subarray(0, count);
    },
  };
}

interface Page {
  readonly first: number;
  readonly bits: Uint32Array;
}

/** @returns how many are found with those of this page */
function addBits(found: Uint32Array, before: number, { bits, first }: Page, block: Ipv4Block): number {
  const from = Math.max(0, block.first - first);
  const end = Math.min(PAGE, block.first + block.size - first);
  let count = before;
  for (let word = from >>> 5; word < (end + 31) >>> 5; word++) {
    // The lowest bit goes in every round.
    for (let rest = bits[word] ?? 0; rest !== 0; rest &= rest - 1) {
      const offset = 32 * word + 31 - Math.clz32(rest & -rest);
      if (offset >= from && offset < end) found[count++] = first + offset;
    }
  }
  return count;
}
