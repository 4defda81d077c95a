import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '#lib/network/address.ts';
import { interfaceIndex } from '#lib/network/interface-index.ts';
import { formatIpv4 } from '#lib/network/ipv4.ts';
import { aNodeEni, anEni } from '#test/scenarios/slices.ts';

const index = interfaceIndex([
  aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11'], groups: ['sg-cluster', 'sg-nodes'] }),
  aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.20'], ipv4Prefixes: ['10.0.0.32/28'] }),
  // The first interface of a second network card has device index 0 too on some instance types.
  aNodeEni('i-1', 0, {
    networkInterfaceId: 'eni-card-1',
    privateIpAddresses: ['10.0.0.60'],
    attachment: { instanceId: 'i-1', deviceIndex: 0, networkCardIndex: 1 },
  }),
  anEni({
    networkInterfaceId: 'eni-v6',
    privateIpAddresses: [],
    ipv6Addresses: ['2600:db8::a'],
    ipv6Prefixes: ['2600:db8:0:1:8::/80'],
  }),
]);

describe('by address', () => {
  test.each([
    ['the primary address', '10.0.0.10', { id: 'eni-i-1-0', fromPrefix: false }],
    ['a secondary address', '10.0.0.11', { id: 'eni-i-1-0', fromPrefix: false }],
    ['the first address of a delegated prefix', '10.0.0.32', { id: 'eni-i-1-1', fromPrefix: true }],
    ['the last address of a delegated prefix', '10.0.0.47', { id: 'eni-i-1-1', fromPrefix: true }],
    ['the address after a delegated prefix', '10.0.0.48', undefined],
    ['an IPv6 address, written otherwise', '2600:0db8:0:0::000a', { id: 'eni-v6', fromPrefix: false }],
    ['an address of a delegated /80', '2600:db8:0:1:8::77', { id: 'eni-v6', fromPrefix: true }],
    ['an address beside a delegated /80', '2600:db8:0:1:9::77', undefined],
    ['nobody', '10.9.9.9', undefined],
  ])('%s', (_name, text, expected) => {
    const holding = index.byAddress(parseAddress(text) ?? 0);
    expect(holding && { id: holding.eni.networkInterfaceId, fromPrefix: holding.fromPrefix }).toEqual(expected);
  });
});

test('the primary interface of an instance is that of its first network card', () => {
  expect(index.primaryOf('i-1')?.networkInterfaceId).toBe('eni-i-1-0');
  expect(index.primaryOf('i-2')).toBeUndefined();
});

test('counts the interfaces that carry a group', () => {
  expect([index.carriers('sg-cluster'), index.carriers('sg-nodes'), index.carriers('sg-none')]).toEqual([4, 1, 0]);
});

test('finds the interface that a search through every address and prefix finds', () => {
  const blockOf = (at: number) => `10.0.0.${at * 16}/28`;
  const interfaces = fc
    .uniqueArray(fc.nat(255), { maxLength: 40 })
    .chain((taken) => fc.array(fc.nat(5), { minLength: 16, maxLength: 16 }).map((owners) => ({ taken, owners })));
  fc.assert(
    fc.property(interfaces, fc.nat(255), ({ taken, owners }, last) => {
      const enis = [0, 1, 2, 3].map((owner) =>
        anEni({
          networkInterfaceId: `eni-${owner}`,
          privateIpAddresses: taken.filter((address) => address % 4 === owner).map((address) => `10.0.0.${address}`),
          ipv4Prefixes: owners.flatMap((other, at) => (other === owner ? [blockOf(at)] : [])),
        }),
      );
      const address = parseAddress(`10.0.0.${last}`) as number;
      const slow =
        enis.find((eni) => eni.privateIpAddresses.includes(formatIpv4(address))) ??
        enis.find((eni) => eni.ipv4Prefixes.includes(blockOf(Math.floor(last / 16))));
      expect(interfaceIndex(enis).byAddress(address)?.eni).toBe(slow);
    }),
    { numRuns: 500 },
  );
});
