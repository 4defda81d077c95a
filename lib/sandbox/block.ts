/** Addresses of a delegated prefix, a /28. */
export const PREFIX_SIZE = 16;

/** IPv4 of a world's own, well-formed addresses; nothing here checks them. */
export interface Block {
  /** First address, as a number. */
  readonly first: number;
  /** Number of addresses. */
  readonly size: number;
}

export function addressOf(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** Of a CIDR, or of a single address. */
export function blockOf(text: string): Block {
  const [address = '', length = '32'] = text.split('/');
  return { first: addressOf(address), size: 2 ** (32 - Number(length)) };
}

/** Every address of a CIDR, in order. */
export function addressesOf(cidr: string): string[] {
  const { first, size } = blockOf(cidr);
  return Array.from({ length: size }, (_, at) => formatAddress(first + at));
}
