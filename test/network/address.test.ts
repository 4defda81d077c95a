import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cidr, cidrContains, cidrSplits, parseAddress, parseCidr } from '#lib/network/address.ts';

const cidr = (text: string): Cidr => parseCidr(text) ?? expect.fail(`${text} is a CIDR`);
const address = (text: string) => parseAddress(text) ?? expect.fail(`${text} is an address`);

test.each([
  ['0.0.0.0/0', '10.1.2.3', true],
  ['10.1.2.3/32', '10.1.2.3', true],
  ['10.1.2.3/32', '10.1.2.4', false],
  ['10.1.2.9/30', '10.1.2.11', true],
  ['::/0', '2600:db8::1', true],
  ['::/0', '10.1.2.3', false],
  ['0.0.0.0/0', '::1', false],
  ['2600:db8:1::/48', '2600:db8:1:ffff::1', true],
  ['2600:db8:1::/48', '2600:db8:2::', false],
  ['2600:db8::1/128', '2600:0db8:0:0:0:0:0:1', true],
])('%s contains %s: %s', (block, text, inside) => {
  expect(cidrContains(cidr(block), address(text))).toBe(inside);
});

test.each(['', '10.0.0', '10.0.0.256', '2600::1::2', 'fe80::1%eth0/64', ':'])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each(['', '10.0.0.0', '10.0.0.0/33', '::/129', '::', '2600:db8::/-1', 'x::/8'])('%j is no CIDR', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test.each([
  ['10.0.0.0/28', '10.0.0.0/24', true],
  ['10.0.0.0/24', '10.0.0.0/24', false],
  ['10.0.0.0/16', '10.0.0.0/24', false],
  ['10.0.1.0/28', '10.0.0.0/24', false],
  ['2600:db8::/80', '2600:db8::/64', true],
  ['0.0.0.0/8', '::/0', false],
])('%s splits %s: %s', (part, whole, splits) => {
  expect(cidrSplits(cidr(part), cidr(whole))).toBe(splits);
});

test('an IPv6 CIDR contains exactly the addresses that share its leading bits', () => {
  const words = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  const bits = (parts: readonly number[]) => parts.map((part) => part.toString(2).padStart(16, '0')).join('');
  const text = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(':');
  fc.assert(
    fc.property(words, words, fc.nat(8), fc.nat(128), (a, b, shared, length) => {
      const other = [...a.slice(0, shared), ...b.slice(shared)];
      const inside = bits(other).slice(0, length) === bits(a).slice(0, length);
      expect(cidrContains(cidr(`${text(a)}/${length}`), address(text(other)))).toBe(inside);
    }),
    { numRuns: 1000 },
  );
});
