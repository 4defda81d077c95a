import { type Cidr, formatAddressCidr, parseCidr } from '#lib/network/address.ts';

/** Addresses `first` up to and without `end`, of one family: as bigints, so that pools of both are counted alike. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly end: bigint;
}

/** @returns undefined where `text` is no CIDR */
export function parseRange(text: string): AddressRange | undefined {
  const cidr = parseCidr(text);
  return cidr && rangeOf(cidr);
}

function rangeOf({ first, size }: Cidr): AddressRange {
  const start = BigInt(first);
  return { family: typeof first === 'number' ? 4 : 6, first: start, end: start + BigInt(size) };
}

export function rangeSize({ first, end }: AddressRange): bigint {
  return end - first;
}

export function rangeContains(whole: AddressRange, part: AddressRange): boolean {
  return whole.family === part.family && whole.first <= part.first && part.end <= whole.end;
}

export function rangesOverlap(one: AddressRange, other: AddressRange): boolean {
  return one.family === other.family && one.first < other.end && other.first < one.end;
}

/** The same addresses in ranges that neither touch nor overlap, ascending, IPv4 first. */
export function mergeRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1))) {
    const last = merged.at(-1);
    if (last === undefined || last.family !== range.family || last.end < range.first) merged.push(range);
    else if (last.end < range.end) merged[merged.length - 1] = { ...last, end: range.end };
  }
  return merged;
}

/** How many addresses of `whole` lie in ranges that do not overlap one another. */
export function countWithin(whole: AddressRange, disjoint: readonly AddressRange[]): bigint {
  return disjoint.reduce((sum, range) => {
    if (!rangesOverlap(whole, range)) return sum;
    const before = clamp(whole.first - range.first);
    const after = clamp(range.end - whole.end);
    return sum + rangeSize(range) - before - after;
  }, 0n);
}

const clamp = (count: bigint): bigint => (count > 0n ? count : 0n);

export function formatAddress(family: 4 | 6, address: bigint): string {
  return formatAddressCidr(family === 4 ? Number(address) : address).replace(/\/\d+$/, '');
}

/** The CIDR of a range that one CIDR covers, as one that was read from a CIDR. */
export function formatRange(range: AddressRange): string {
  const hostBits = rangeSize(range).toString(2).length - 1;
  return `${formatAddress(range.family, range.first)}/${(range.family === 4 ? 32 : 128) - hostBits}`;
}
