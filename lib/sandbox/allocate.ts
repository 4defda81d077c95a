import { AwsError } from '#lib/sandbox/aws-error.ts';

const PREFIX_SIZE = 16;

/**
 * The addresses of one subnet, handed out as EC2 does: never the first four and the last, prefixes as whole free blocks aligned to
 * sixteen, and nothing automatic from an explicit reservation. EC2 picks at random; this picks the lowest, so that worlds are the
 * same in every run. Source: Amazon VPC User Guide, "Subnet CIDR blocks" and "Subnet CIDR reservations".
 */
export class SubnetSpace {
  readonly #first: number;
  readonly #taken: Uint8Array;
  /** Below these nothing is free: only a hint, kept true by `release`. */
  #lowestAddress = 0;
  #lowestBlock = 0;

  constructor(cidrBlock: string, explicitReservations: readonly string[] = []) {
    const { first, size } = parse(cidrBlock);
    this.#first = first;
    this.#taken = new Uint8Array(size);
    for (const offset of [0, 1, 2, 3, size - 1]) this.#taken[offset] = RESERVED;
    for (const reservation of explicitReservations) this.#reserve(parse(reservation));
  }

  get free(): number {
    return this.#taken.reduce((sum, state) => sum + (state === FREE ? 1 : 0), 0);
  }

  /** @throws AwsError InsufficientFreeAddressesInSubnet */
  takeAddress(): string {
    const offset = this.#taken.indexOf(FREE, this.#lowestAddress);
    if (offset < 0) {
      throw new AwsError(
        'InsufficientFreeAddressesInSubnet',
        'The specified subnet does not have enough free addresses to satisfy the request.',
      );
    }
    this.#lowestAddress = offset + 1;
    this.#taken[offset] = HELD;
    return format(this.#first + offset);
  }

  /** Takes this very address. @throws AwsError InvalidIPAddress.InUse, InvalidParameterValue outside of the subnet */
  takeThis(address: string): string {
    const offset = parse(`${address}/32`).first - this.#first;
    const state = this.#taken[offset];
    if (state === undefined || state === RESERVED)
      throw new AwsError('InvalidParameterValue', `Address ${address} cannot be assigned here.`);
    if (state === HELD) throw new AwsError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
    this.#taken[offset] = HELD;
    return address;
  }

  /** @throws AwsError InsufficientCidrBlocks where no aligned block is whole */
  takePrefix(): string {
    for (let from = this.#lowestBlock; from + PREFIX_SIZE <= this.#taken.length; from += PREFIX_SIZE) {
      if (this.#taken.subarray(from, from + PREFIX_SIZE).some((state) => state !== FREE)) continue;
      this.#taken.fill(HELD, from, from + PREFIX_SIZE);
      this.#lowestBlock = from + PREFIX_SIZE;
      return `${format(this.#first + from)}/28`;
    }
    throw new AwsError(
      'InsufficientCidrBlocks',
      'There are not enough free cidr blocks in the specified subnet to satisfy the request.',
    );
  }

  /** Gives back an address, or a prefix by its CIDR. */
  release(addressOrPrefix: string): void {
    const { first, size } = parse(addressOrPrefix.includes('/') ? addressOrPrefix : `${addressOrPrefix}/32`);
    const from = first - this.#first;
    this.#taken.fill(FREE, from, from + size);
    this.#lowestAddress = Math.min(this.#lowestAddress, from);
    this.#lowestBlock = Math.min(this.#lowestBlock, from - (from % PREFIX_SIZE));
  }

  #reserve({ first, size }: { first: number; size: number }): void {
    const from = first - this.#first;
    for (let offset = from; offset < from + size; offset++) if (this.#taken[offset] === FREE) this.#taken[offset] = EXPLICIT;
  }
}

const FREE = 0;
const HELD = 1;
const RESERVED = 2;
const EXPLICIT = 3;

function parse(cidrBlock: string): { first: number; size: number } {
  const [address = '', length = ''] = cidrBlock.split('/');
  return {
    first: address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0),
    size: 2 ** (32 - Number(length)),
  };
}

function format(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
