import ipaddr from 'ipaddr.js';
import { formatIpv4, type Ipv4Block, parseIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';

/** An address of either family: IPv4 as a number, IPv6 as a bigint, so that the two never compare equal. */
export type Address = number | bigint;

export interface Ipv6Block {
  /** First address. */
  readonly first: bigint;
  /** Number of addresses, a power of two. */
  readonly size: bigint;
}

/** A CIDR of either family. */
export type Cidr = Ipv4Block | Ipv6Block;

/** @returns undefined where `text` is no address */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** @returns undefined where `text` is no CIDR. Host bits are cleared, as EC2 does. */
export function parseCidr(text: string): Cidr | undefined {
  if (!text.includes(':')) return parseIpv4Block(text);
  const [base = '', length = ''] = text.split('/', 2);
  const address = parseIpv6(base);
  if (address === undefined || !/^\d{1,3}$/.test(length) || Number(length) > 128) return undefined;
  const size = 1n << BigInt(128 - Number(length));
  return { first: address - (address % size), size };
}

export function cidrContains(cidr: Cidr, address: Address): boolean {
  if (typeof cidr.first === 'number') {
    return typeof address === 'number' && address >= cidr.first && address < cidr.first + (cidr.size as number);
  }
  return typeof address === 'bigint' && address >= cidr.first && address < cidr.first + (cidr.size as bigint);
}

/** Whether `part` lies strictly inside `whole`: some of the whole's addresses are in it and some are not. */
export function cidrSplits(part: Cidr, whole: Cidr): boolean {
  return cidrContains(whole, part.first) && part.size < whole.size;
}

/** The CIDR of one address alone. */
export function formatAddressCidr(address: Address): string {
  if (typeof address === 'number') return `${formatIpv4(address)}/32`;
  const parts = Array.from({ length: 8 }, (_, part) => Number((address >> BigInt(16 * (7 - part))) & 0xffffn));
  return `${new ipaddr.IPv6(parts)}/128`;
}

function parseIpv6(text: string): bigint | undefined {
  try {
    return ipaddr.IPv6.parse(text).parts.reduce((address, part) => (address << 16n) | BigInt(part), 0n);
  } catch {
    // ipaddr.js throws for anything that is no IPv6 address.
    return undefined;
  }
}
