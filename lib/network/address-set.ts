import { blocksOverlap, type Ipv4Block } from '#lib/network/ipv4.ts';

/** Addresses of a page, a bit each. */
const PAGE = 2 ** 16;

/** IPv4 addresses, as numbers, kept so that those of one subnet are found without a look at all others. */
export interface AddressSet {
  /** How many there are. */
  readonly size: number;
  /** Calls `visit` with every address of a block, ascending. */
  forEachIn(block: Ipv4Block, visit: (address: number) => void): void;
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
    forEachIn(block, visit) {
      for (const [first, bits] of ascending) {
        if (blocksOverlap(block, { first, size: PAGE })) visitBits(bits, first, block, visit);
      }
    },
  };
}

function visitBits(bits: Uint32Array, first: number, block: Ipv4Block, visit: (address: number) => void): void {
  const from = Math.max(0, block.first - first);
  const end = Math.min(PAGE, block.first + block.size - first);
  for (let word = from >>> 5; word < (end + 31) >>> 5; word++) {
    // The lowest bit goes in every round.
    for (let rest = bits[word] ?? 0; rest !== 0; rest &= rest - 1) {
      const offset = 32 * word + 31 - Math.clz32(rest & -rest);
      if (offset >= from && offset < end) visit(first + offset);
    }
  }
}
