import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { blockContains, blocksOverlap, formatIpv4, formatIpv4Block, parseIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const block = fc.tuple(address, fc.integer({ min: 0, max: 32 }));

test('every address survives writing and reading, and reads as ipaddr.js reads it', () => {
  fc.assert(
    fc.property(address, (value) => {
      const text = formatIpv4(value);
      expect(parseIpv4(text)).toBe(value);
      expect(ipaddr.IPv4.parse(text).toString()).toBe(text);
    }),
  );
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.',
  '1..2.3',
  'a.b.c.d',
  '1.2.3.4 ',
  '-1.2.3.4',
  '1e1.2.3.4',
])('%j is no IPv4 address', (text) => expect(parseIpv4(text)).toBeUndefined());

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0/8',
  '10.0.0.0/8.5',
  '10.0.0.0/24/8',
  '10.0.0.0/008',
  '10.0.0.0/ 8',
  '::/0',
])('%j is no IPv4 block', (text) => expect(parseIpv4Block(text)).toBeUndefined());

test('a block holds exactly the addresses that ipaddr.js says match', () => {
  fc.assert(
    fc.property(block, address, ([base, length], candidate) => {
      const text = `${formatIpv4(base)}/${length}`;
      const parsed = parseIpv4Block(text);
      if (parsed === undefined) throw new Error(text);
      expect(blockContains(parsed, candidate)).toBe(ipaddr.IPv4.parse(formatIpv4(candidate)).match(ipaddr.IPv4.parseCIDR(text)));
      expect(parseIpv4Block(formatIpv4Block(parsed))).toEqual(parsed);
    }),
  );
});

test('two blocks overlap exactly when one holds the first address of the other', () => {
  fc.assert(
    fc.property(block, block, (left, right) => {
      const [a, b] = [left, right].map(([base, length]) => parseIpv4Block(`${formatIpv4(base)}/${length}`));
      if (!a || !b) throw new Error('unparsed');
      expect(blocksOverlap(a, b)).toBe(blockContains(a, b.first) || blockContains(b, a.first));
    }),
  );
});
