import { describe, expect, it } from 'vitest';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { demandAttachment, demandSlot, freeSlots, interfaceLimit } from '#lib/sandbox/interface-limits.ts';

function type(name: string) {
  const found = instanceTypeTable().find(({ instanceType }) => instanceType === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('an m5.large interface', () => {
  const slots = (addresses: number, prefixes: number) => ({
    addresses: Array.from({ length: addresses }, (_, at) => `10.0.0.${at + 4}`),
    prefixes: Array.from({ length: prefixes }, (_, at) => `10.0.1.${at * 16}/28`),
  });
  it.each([
    [1, 0, 9],
    [1, 9, 0],
    [10, 0, 0],
    [4, 3, 3],
  ])('with %i addresses and %i prefixes has %i slots left', (addresses, prefixes, left) => {
    const held = slots(addresses, prefixes);
    expect(freeSlots(held, type('m5.large'))).toBe(left);
    const ask = () => demandSlot(held, type('m5.large'));
    if (left > 0) expect(ask).not.toThrow();
    else expect(ask).toThrow(expect.objectContaining({ code: 'PrivateIpAddressLimitExceeded' }));
  });
});

describe('interfaces of an instance', () => {
  it.each([
    ['m5.large', 3],
    ['t3.small', 3],
    // Several cards: the CNI uses the first alone.
    ['p4d.24xlarge', 15],
  ])('%s takes %i on the card that the CNI uses', (name, limit) => {
    expect(interfaceLimit(type(name))).toBe(limit);
    expect(() => demandAttachment(limit - 1, type(name))).not.toThrow();
    expect(() => demandAttachment(limit, type(name))).toThrow(expect.objectContaining({ code: 'AttachmentLimitExceeded' }));
  });
});

describe('the table of instance types', () => {
  it.each([
    ['m5.large', { vcpus: 2, hypervisor: 'nitro', bareMetal: false, ipv4AddressesPerInterface: 10 }],
    ['c5.4xlarge', { vcpus: 16, hypervisor: 'nitro', maximumNetworkInterfaces: 8 }],
    ['m4.large', { hypervisor: 'xen' }],
  ])('knows %s', (name, expected) => {
    expect(type(name)).toMatchObject(expected);
  });

  it('names no hypervisor of bare metal, and every type once', () => {
    const types = instanceTypeTable();
    expect(types.filter(({ bareMetal, hypervisor }) => bareMetal && hypervisor !== undefined)).toEqual([]);
    expect(new Set(types.map(({ instanceType }) => instanceType)).size).toBe(types.length);
    expect(types.length).toBeGreaterThan(1_300);
    for (const { instanceType, networkCards, maximumNetworkInterfaces } of types) {
      const onCards = networkCards.reduce((sum, card) => sum + card.maximumNetworkInterfaces, 0);
      expect(onCards, instanceType).toBeLessThanOrEqual(maximumNetworkInterfaces);
    }
  });
});
