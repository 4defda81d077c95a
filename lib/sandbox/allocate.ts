import { AwsError } from '#lib/sandbox/aws-error.ts';
import { addressOf, type Block, blockOf, formatAddress, PREFIX_SIZE } from '#lib/sandbox/block.ts';

export interface Reservation {
  readonly cidr: string;
  readonly type: 'prefix' | 'explicit';
}

/**
 * The addresses of one subnet, handed out as EC2 does: never the first four and the last, prefixes as whole free blocks aligned to
 * sixteen, nothing by count from an explicit reservation, and from a prefix reservation prefixes alone. Reservations hold back nothing
 * that is asked for by its address. EC2 picks at random; this picks the lowest, so that worlds are the same in every run. Whether EC2
 * takes prefixes from outside of a prefix reservation is not documented: this does, once the reservation is used up.
 * Source: Amazon VPC User Guide, "Subnet CIDR blocks" and "Subnet CIDR reservations".
 */
export class SubnetSpace {
  readonly #block: Block;
  readonly #state: Uint8Array;
  readonly #reserved: Uint8Array;
  #available = 0;
  #assignable = 0;
  /** Below these nothing is free: only hints, kept true by `release`. */
  #lowestAddress = 0;
  #lowestBlock = 0;

  constructor(cidrBlock: string, reservations: readonly Reservation[] = []) {
    this.#block = blockOf(cidrBlock);
    const { size } = this.#block;
    this.#state = new Uint8Array(size);
    this.#reserved = new Uint8Array(size);
    for (const offset of [0, 1, 2, 3, size - 1]) this.#state[offset] = KEPT_BY_AWS;
    for (const { cidr, type } of reservations) {
      const { from, end } = this.#range(cidr);
      this.#reserved.fill(type === 'explicit' ? EXPLICIT : FOR_PREFIXES, from, end);
    }
    for (let offset = 0; offset < size; offset++) {
      if (this.#state[offset] === FREE) this.#count(offset, 1);
    }
  }

  /** EC2's AvailableIpAddressCount: reservations are not taken off. */
  get available(): number {
    return this.#available;
  }

  /** Addresses that can be had by count. */
  get assignable(): number {
    return this.#assignable;
  }

  /** @throws AwsError InsufficientFreeAddressesInSubnet */
  takeAddress(): string {
    if (this.#assignable === 0) {
      throw new AwsError(
        'InsufficientFreeAddressesInSubnet',
        'The specified subnet does not have enough free addresses to satisfy the request.',
      );
    }
    let offset = this.#lowestAddress;
    while (this.#state[offset] !== FREE || this.#reserved[offset] !== NOT_RESERVED) offset++;
    this.#lowestAddress = offset + 1;
    this.#hold(offset);
    return formatAddress(this.#block.first + offset);
  }

  /** Takes this very address. @throws AwsError InvalidIPAddress.InUse, InvalidParameterValue outside of the subnet */
  takeThis(address: string): string {
    const offset = addressOf(address) - this.#block.first;
    const state = this.#state[offset];
    if (state === undefined || state === KEPT_BY_AWS)
      throw new AwsError('InvalidParameterValue', `Address ${address} cannot be assigned here.`);
    if (state === HELD) throw new AwsError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
    this.#hold(offset);
    return address;
  }

  /** Takes this very prefix. @throws AwsError InvalidParameterValue where it is no free /28 of the subnet */
  takeThisPrefix(prefix: string): string {
    const { from, end } = this.#range(prefix);
    const free = this.#state.subarray(from, end).every((state) => state === FREE);
    if (end - from !== PREFIX_SIZE || from % PREFIX_SIZE !== 0 || !free)
      throw new AwsError('InvalidParameterValue', `The prefix ${prefix} cannot be assigned here.`);
    for (let offset = from; offset < end; offset++) this.#hold(offset);
    return prefix;
  }

  /** Marks addresses and prefixes that somebody has already; what is of another subnet is passed over. */
  hold(addressesAndPrefixes: readonly string[]): void {
    for (const each of addressesAndPrefixes) {
      const { from, end } = this.#range(each);
      for (let offset = from; offset < end; offset++) if (this.#state[offset] === FREE) this.#hold(offset);
    }
  }

  /** Whether a prefix can be had. */
  hasPrefix(): boolean {
    return this.#nextPrefix() !== undefined;
  }

  /** CIDRs of the blocks that are still wholly free and in no reservation, lowest first. */
  wholeBlocks(): string[] {
    const found: string[] = [];
    for (
      let from = this.#wholeBlock(0, NOT_RESERVED);
      from !== undefined;
      from = this.#wholeBlock(from + PREFIX_SIZE, NOT_RESERVED)
    )
      found.push(`${formatAddress(this.#block.first + from)}/28`);
    return found;
  }

  /** @throws AwsError InsufficientCidrBlocks where no aligned block is whole */
  takePrefix(): string {
    const from = this.#nextPrefix();
    if (from === undefined) {
      throw new AwsError(
        'InsufficientCidrBlocks',
        'There are not enough free cidr blocks in the specified subnet to satisfy the request.',
      );
    }
    if (this.#reserved[from] === NOT_RESERVED) this.#lowestBlock = from + PREFIX_SIZE;
    for (let offset = from; offset < from + PREFIX_SIZE; offset++) this.#hold(offset);
    return `${formatAddress(this.#block.first + from)}/28`;
  }

  /** Gives back an address, or a prefix by its CIDR; what is free already stays free. */
  release(addressOrPrefix: string): void {
    const { from, end } = this.#range(addressOrPrefix);
    for (let offset = from; offset < end; offset++) {
      if (this.#state[offset] !== HELD) continue;
      this.#state[offset] = FREE;
      this.#count(offset, 1);
    }
    this.#lowestAddress = Math.min(this.#lowestAddress, from);
    this.#lowestBlock = Math.min(this.#lowestBlock, from - (from % PREFIX_SIZE));
  }

  #nextPrefix(): number | undefined {
    return this.#wholeBlock(0, FOR_PREFIXES) ?? this.#wholeBlock(this.#lowestBlock, NOT_RESERVED);
  }

  #wholeBlock(start: number, reserved: number): number | undefined {
    for (let from = start; from + PREFIX_SIZE <= this.#state.length; from += PREFIX_SIZE) {
      let offset = from;
      while (offset < from + PREFIX_SIZE && this.#state[offset] === FREE && this.#reserved[offset] === reserved) offset++;
      if (offset === from + PREFIX_SIZE) return from;
    }
    return undefined;
  }

  #hold(offset: number): void {
    this.#state[offset] = HELD;
    this.#count(offset, -1);
  }

  #count(offset: number, change: 1 | -1): void {
    this.#available += change;
    if (this.#reserved[offset] === NOT_RESERVED) this.#assignable += change;
  }

  /** Clipped to the subnet. */
  #range(addressOrBlock: string): { from: number; end: number } {
    const { first, size } = blockOf(addressOrBlock);
    const from = first - this.#block.first;
    return { from: Math.max(0, from), end: Math.min(this.#block.size, from + size) };
  }
}

const FREE = 0;
const HELD = 1;
const KEPT_BY_AWS = 2;

const NOT_RESERVED = 0;
const EXPLICIT = 1;
const FOR_PREFIXES = 2;
