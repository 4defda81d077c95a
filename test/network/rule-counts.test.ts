import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PrefixList } from '#lib/model/ec2.ts';
import { RULE_KINDS, ruleCounts } from '#lib/network/rule-counts.ts';
import { aRule } from '#test/scenarios/slices.ts';

const LISTS: ReadonlyMap<string, PrefixList> = new Map(
  [
    { prefixListId: 'pl-v4', cidrs: ['10.0.0.0/8', '172.16.0.0/12'] },
    { prefixListId: 'pl-v6', cidrs: ['2001:db8::/32'] },
    { prefixListId: 'pl-empty', cidrs: [] },
    { prefixListId: 'pl-unreadable', unreadable: 'it is of another account' },
  ].map((list) => [list.prefixListId, list]),
);

/** What a rule adds to the kinds, by the words of the VPC User Guide. */
const SOURCES = [
  { source: { cidrIpv4: '10.0.0.0/8' }, ipv4: 1, ipv6: 0, unsized: [] },
  { source: { cidrIpv6: '::/0' }, ipv4: 0, ipv6: 1, unsized: [] },
  { source: { referencedGroup: { groupId: 'sg-2' } }, ipv4: 1, ipv6: 1, unsized: [] },
  { source: { prefixListId: 'pl-v4' }, ipv4: 1, ipv6: 0, unsized: ['pl-v4'] },
  { source: { prefixListId: 'pl-v6' }, ipv4: 0, ipv6: 1, unsized: ['pl-v6'] },
  { source: { prefixListId: 'pl-empty' }, ipv4: 0, ipv6: 0, unsized: ['pl-empty'] },
  { source: { prefixListId: 'pl-unreadable' }, ipv4: 0, ipv6: 0, unsized: ['pl-unreadable'] },
  { source: { prefixListId: 'pl-unlisted' }, ipv4: 0, ipv6: 0, unsized: ['pl-unlisted'] },
];

test('any rules are counted as one by one, and the fullest kind has no fewer than any other', () => {
  const drawn = fc.array(fc.record({ of: fc.constantFrom(...SOURCES), isEgress: fc.boolean() }), { maxLength: 80 });
  fc.assert(
    fc.property(drawn, (rules) => {
      const { counts, fullest, unsizedPrefixLists } = ruleCounts(
        rules.map(({ of, isEgress }) => aRule({ isEgress, ...of.source })),
        LISTS,
      );
      const sum = (egress: boolean, family: 'ipv4' | 'ipv6') =>
        rules.filter(({ isEgress }) => isEgress === egress).reduce((total, { of }) => total + of[family], 0);
      expect(counts).toEqual({
        inboundIpv4: sum(false, 'ipv4'),
        inboundIpv6: sum(false, 'ipv6'),
        outboundIpv4: sum(true, 'ipv4'),
        outboundIpv6: sum(true, 'ipv6'),
      });
      expect(counts[fullest]).toBe(Math.max(...RULE_KINDS.map((kind) => counts[kind])));
      expect([...unsizedPrefixLists].sort()).toEqual([...new Set(rules.flatMap(({ of }) => of.unsized))].sort());
    }),
  );
});
