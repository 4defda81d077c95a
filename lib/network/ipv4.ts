/**
 * IPv4 addresses as unsigned 32-bit numbers and CIDR blocks as [first, size]: what the engines count with.
 * Strict dotted-decimal only, as EC2 and Kubernetes write them (RFC 4632 for the notation).
 */

export interface Ipv4Block {
  /** First address. */
  readonly first: number;
  /** Number of addresses, a power of two. */
  readonly size: number;
}

/**
 * Reads digit by digit: a Snapshot holds some hundred thousand addresses, and splitting each costs ten times as much.
 * @returns the address as a number, or undefined where `text` is no IPv4 address
 */
export function parseIpv4(text: string): number | undefined {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit === DOT) {
      if (digits === 0) return undefined;
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
    } else {
      // No leading zero: some parsers read it as octal and others as decimal.
      if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return undefined;
      octet = octet * 10 + digit;
      if (octet > 255) return undefined;
      digits++;
    }
  }
  return dots === 3 && digits > 0 ? ((address << 8) | octet) >>> 0 : undefined;
}

const ZERO = '0'.charCodeAt(0);
const DOT = '.'.charCodeAt(0) - ZERO;

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** @returns the block, or undefined where `text` is no IPv4 CIDR. Host bits are cleared, as EC2 does. */
export function parseIpv4Block(text: string): Ipv4Block | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseIpv4(text.slice(0, slash));
  const bits = parsePrefixLength(text, slash + 1);
  if (address === undefined || bits === undefined) return undefined;
  const size = 2 ** (32 - bits);
  return { first: address - (address % size), size };
}

/** One or two digits to the end of the text, up to 32. */
function parsePrefixLength(text: string, from: number): number | undefined {
  const digits = text.length - from;
  const [tens, ones] = [digits === 2 ? text.charCodeAt(from) - ZERO : 0, text.charCodeAt(text.length - 1) - ZERO];
  if (digits < 1 || digits > 2 || tens < 0 || tens > 3 || ones < 0 || ones > 9) return undefined;
  const bits = 10 * tens + ones;
  return bits <= 32 ? bits : undefined;
}

export function formatIpv4Block({ first, size }: Ipv4Block): string {
  return `${formatIpv4(first)}/${32 - Math.log2(size)}`;
}

export function blockContains(block: Ipv4Block, address: number): boolean {
  return address >= block.first && address < block.first + block.size;
}

export function blocksOverlap(a: Ipv4Block, b: Ipv4Block): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}
