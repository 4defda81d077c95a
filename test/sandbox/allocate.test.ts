import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Reservation, SubnetSpace } from '#lib/sandbox/allocate.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { addressesOf, formatAddress } from '#lib/sandbox/block.ts';

const CIDR = '10.0.8.0/26';
const ALL = addressesOf(CIDR);
const KEPT_BY_AWS = [...ALL.slice(0, 4), ...ALL.slice(-1)];

/** The obvious version: sets of addresses, searched from the start each time. */
class SlowSubnet {
  readonly held = new Set<string>();
  readonly #reservedFor: (address: string) => Reservation['type'] | undefined;

  constructor(reservations: readonly Reservation[]) {
    const types = new Map(reservations.flatMap(({ cidr, type }) => addressesOf(cidr).map((address) => [address, type])));
    this.#reservedFor = (address) => types.get(address);
  }

  get free(): string[] {
    return ALL.filter((address) => !this.held.has(address) && !KEPT_BY_AWS.includes(address));
  }

  get assignable(): string[] {
    return this.free.filter((address) => this.#reservedFor(address) === undefined);
  }

  get wholeBlocks(): string[] {
    const assignable = new Set(this.assignable);
    return [0, 16, 32, 48]
      .map((at) => ALL.slice(at, at + 16))
      .filter((block) => block.every((address) => assignable.has(address)))
      .map(([first]) => `${first}/28`);
  }

  takeAddress(): string | undefined {
    return this.#hold(this.assignable.slice(0, 1))[0];
  }

  takeThis(address: string): string | undefined {
    return this.#hold(this.free.filter((one) => one === address))[0];
  }

  takePrefix(): string | undefined {
    const free = new Set(this.free);
    const wanted: readonly (Reservation['type'] | undefined)[] = ['prefix', undefined];
    for (const type of wanted) {
      for (let at = 0; at < ALL.length; at += 16) {
        const block = ALL.slice(at, at + 16);
        if (!block.every((address) => free.has(address) && this.#reservedFor(address) === type)) continue;
        return `${this.#hold(block)[0]}/28`;
      }
    }
    return undefined;
  }

  release(addressOrPrefix: string): void {
    for (const address of addressesOf(addressOrPrefix)) this.held.delete(address);
  }

  #hold(addresses: readonly string[]): readonly string[] {
    for (const address of addresses) this.held.add(address);
    return addresses;
  }
}

type Subnet = Pick<SubnetSpace, 'takeAddress' | 'takePrefix' | 'takeThis'> | SlowSubnet;
type Taking = (subnet: Subnet) => string | undefined;

const taking: fc.Arbitrary<Taking> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Taking>((subnet) => subnet.takeAddress()) },
  { weight: 2, arbitrary: fc.constant<Taking>((subnet) => subnet.takePrefix()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...ALL).map(
      (address): Taking =>
        (subnet) =>
          subnet.takeThis(address),
    ),
  },
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ take: taking }) },
  { weight: 1, arbitrary: fc.record({ giveBack: fc.nat(40) }) },
);
const type = fc.constantFrom<Reservation['type']>('prefix', 'explicit');
const reservations = fc
  .uniqueArray(fc.record({ at: fc.constantFrom(0, 16, 32, 48), bits: fc.constantFrom(28, 30), type }), {
    maxLength: 2,
    selector: ({ at }) => at,
  })
  .map((all) => all.map(({ at, bits, type: of }): Reservation => ({ cidr: `${ALL[at]}/${bits}`, type: of })));

/** What was taken; undefined where it was refused. */
function attempt(take: () => string | undefined): string | undefined {
  try {
    return take();
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

test('gives, refuses and counts the same as sets of addresses do, whatever the order of calls', () => {
  fc.assert(
    fc.property(reservations, fc.array(step, { maxLength: 80 }), (reserved, steps) => {
      const [space, slow] = [new SubnetSpace(CIDR, reserved), new SlowSubnet(reserved)];
      const given: string[] = [];
      for (const one of steps) {
        if ('take' in one) {
          const taken = attempt(() => one.take(space));
          expect(taken).toBe(one.take(slow));
          given.push(...[taken ?? []].flat());
        } else {
          for (const back of given.splice(one.giveBack, 1)) for (const subnet of [space, slow]) subnet.release(back);
        }
        expect([space.available, space.assignable]).toEqual([slow.free.length, slow.assignable.length]);
        expect(space.wholeBlocks()).toEqual(slow.wholeBlocks);
      }
    }),
  );
});

describe('what EC2 refuses', () => {
  const cases: readonly [string, () => unknown, string][] = [
    [
      'an address of a full subnet',
      () => {
        const space = new SubnetSpace('10.0.0.0/28');
        return Array.from({ length: 12 }, () => space.takeAddress());
      },
      'InsufficientFreeAddressesInSubnet',
    ],
    [
      'a prefix of a subnet whose only blocks AWS keeps a part of',
      () => new SubnetSpace('10.0.0.0/27').takePrefix(),
      'InsufficientCidrBlocks',
    ],
    ['an address in use', () => taken().takeThis('10.0.0.9'), 'InvalidIPAddress.InUse'],
    ['an address that AWS keeps', () => taken().takeThis('10.0.0.3'), 'InvalidParameterValue'],
    ['an address of another subnet', () => taken().takeThis('10.0.1.9'), 'InvalidParameterValue'],
  ];
  it.each(cases)('%s', (_, ask, code) => {
    expect(ask).toThrow(expect.objectContaining({ code }));
  });

  function taken(): SubnetSpace {
    const space = new SubnetSpace('10.0.0.0/24');
    space.takeThis('10.0.0.9');
    return space;
  }
});

describe('a subnet by its size', () => {
  // The first and the last block always hold addresses that AWS keeps.
  it.each([
    [28, 11, 0],
    [27, 27, 0],
    [26, 59, 2],
    [24, 251, 14],
    [20, 4091, 254],
  ])('a /%i has %i addresses and %i prefixes', (bits, addresses, prefixes) => {
    const space = new SubnetSpace(`10.0.0.0/${bits}`);
    expect(space.available).toBe(addresses);
    let taken = 0;
    while (space.hasPrefix()) {
      space.takePrefix();
      taken++;
    }
    expect(taken).toBe(prefixes);
    expect(space.available).toBe(addresses - 16 * prefixes);
  });

  it('counts the free addresses of reservations as available, and gives none of them by count', () => {
    const space = new SubnetSpace('10.0.0.0/28', [{ cidr: '10.0.0.0/29', type: 'explicit' }]);
    expect({ available: space.available, assignable: space.assignable }).toEqual({ available: 11, assignable: 7 });
    expect(space.takeAddress()).toBe('10.0.0.8');
    expect(space.takeThis('10.0.0.4')).toBe('10.0.0.4');
  });
});

test('blocks are written as they are read', () => {
  expect(addressesOf('255.255.255.252/30').map((one) => one.split('.').map(Number).length)).toEqual([4, 4, 4, 4]);
  expect(formatAddress(2 ** 32 - 1)).toBe('255.255.255.255');
});
