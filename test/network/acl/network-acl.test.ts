import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { type AclVerdict, aclVerdict, compileAcls, EPHEMERAL_PORTS } from '#lib/network/acl/network-acl-path.ts';
import { parseAddress } from '#lib/network/address.ts';
import { anAcl, anAclEntry, type AclEntry as Entry, OPEN_ENTRIES } from '#test/network/acls.ts';

const PODS = 'subnet-pods';
const DNS = 'subnet-dns';
const POD = '10.0.1.10';
const COREDNS = '10.0.2.20';

const entry = anAclEntry;
const OPEN = OPEN_ENTRIES;
const range = (from: number, to = from) => ({ portRange: { from, to } });

const acl = anAcl;

interface Asked {
  readonly pods?: readonly Entry[];
  readonly dns?: readonly Entry[];
  readonly source?: string;
  readonly destination?: string;
  readonly destinationSubnet?: string;
  readonly protocol?: 'tcp' | 'udp' | 'sctp';
  readonly port?: number;
  readonly ephemeral?: { from: number; to: number };
}

function ask({
  pods = OPEN,
  dns = OPEN,
  source = POD,
  destination = COREDNS,
  destinationSubnet = DNS,
  ...rest
}: Asked): AclVerdict {
  const aclOf = compileAcls([acl('acl-pods', [PODS], pods), acl('acl-dns', [DNS], dns)]);
  return aclVerdict(
    aclOf,
    { address: parseAddress(source) ?? 0, subnetId: PODS },
    { address: parseAddress(destination) ?? 0, subnetId: destinationSubnet },
    { protocol: 'udp', port: 53, ephemeral: EPHEMERAL_PORTS.any, ...rest },
  );
}

const block = (
  networkAclId: string,
  direction: string,
  leg: string,
  ruleNumber: number | undefined,
  from: number,
  to = from,
) => ({
  networkAclId,
  subnetId: networkAclId === 'acl-pods' ? PODS : DNS,
  direction,
  leg,
  ports: { from, to },
  ruleNumber,
});

describe('a query from one subnet to another', () => {
  test.each<[string, Asked, object]>([
    ['default ACLs', {}, { verdict: 'allowed' }],
    [
      'no rule for the query, as it leaves',
      { pods: [entry(100, false)] },
      { verdict: 'denied', blockedBy: [block('acl-pods', 'egress', 'request', undefined, 53)] },
    ],
    [
      'a rule that denies the query, before one that allows it',
      { dns: [entry(90, false, { ruleAction: 'deny', protocol: '17', ...range(53) }), ...OPEN] },
      { verdict: 'denied', blockedBy: [block('acl-dns', 'ingress', 'request', 90, 53)] },
    ],
    [
      'the same rules, listed and numbered the other way round',
      { dns: [entry(110, false, { ruleAction: 'deny', protocol: '17', ...range(53) }), ...OPEN] },
      { verdict: 'allowed' },
    ],
    [
      'no rule for the replies: the ACL keeps no state',
      { dns: [entry(100, false), entry(100, true, { protocol: 'udp', ...range(53) })] },
      { verdict: 'denied', blockedBy: [block('acl-dns', 'egress', 'reply', undefined, 1024, 65535)] },
    ],
    [
      'replies to the ports of Linux alone, for clients of any kind',
      { pods: [entry(100, true), entry(100, false, { protocol: '17', ...range(32768, 60999) })] },
      {
        verdict: 'partly',
        blockedBy: [
          block('acl-pods', 'ingress', 'reply', undefined, 1024, 32767),
          block('acl-pods', 'ingress', 'reply', undefined, 61000, 65535),
        ],
      },
    ],
    [
      'the same, for clients of Linux',
      {
        pods: [entry(100, true), entry(100, false, { protocol: '17', ...range(32768, 60999) })],
        ephemeral: EPHEMERAL_PORTS.linux,
      },
      { verdict: 'allowed' },
    ],
    [
      'two ACLs that each let one half of the replies through',
      {
        dns: [entry(100, false), entry(100, true, { protocol: '17', ...range(1024, 29999) })],
        pods: [entry(100, true), entry(100, false, { protocol: '17', ...range(30000, 65535) })],
      },
      {
        verdict: 'denied',
        blockedBy: [
          block('acl-dns', 'egress', 'reply', undefined, 30000, 65535),
          block('acl-pods', 'ingress', 'reply', undefined, 1024, 29999),
        ],
      },
    ],
    [
      'rules for TCP alone',
      { pods: [entry(100, true, { protocol: '6', ...range(0, 65535) }), entry(100, false)] },
      { verdict: 'denied', blockedBy: [block('acl-pods', 'egress', 'request', undefined, 53)] },
    ],
    [
      'a rule for another protocol, whose ports do not count',
      { pods: [entry(100, true, { protocol: '132', ...range(80) }), entry(100, false)], protocol: 'sctp' },
      { verdict: 'allowed' },
    ],
    [
      'a rule for the addresses of another subnet',
      { dns: [entry(100, true), entry(100, false, { cidrBlock: '10.0.3.0/24' })] },
      { verdict: 'denied', blockedBy: [block('acl-dns', 'ingress', 'request', undefined, 53)] },
    ],
    [
      'rules of IPv4 for a query over IPv6',
      { source: '2001:db8::1', destination: '2001:db8::2', dns: [...OPEN, ...OPEN.map((one) => ({ ...one, ruleNumber: 101 }))] },
      { verdict: 'denied', blockedBy: expect.arrayContaining([block('acl-dns', 'ingress', 'request', undefined, 53)]) },
    ],
    [
      'rules of IPv6 for a query over IPv6',
      {
        source: '2001:db8::1',
        destination: '2001:db8::2',
        pods: [true, false].map((egress) => entry(101, egress, { ipv6CidrBlock: '::/0' })),
        dns: [true, false].map((egress) => entry(101, egress, { ipv6CidrBlock: '::/0' })),
      },
      { verdict: 'allowed' },
    ],
    ['ACLs without any rule, within one subnet', { pods: [], dns: [], destinationSubnet: PODS }, { verdict: 'allowed' }],
    [
      'a subnet whose ACL was not read',
      { destinationSubnet: 'subnet-far' },
      { verdict: 'unknown', reason: 'the network ACL of subnet-far was not read' },
    ],
    [
      'a subnet whose ACL was not read, beyond an ACL that denies',
      { destinationSubnet: 'subnet-far', pods: [] },
      { verdict: 'denied', blockedBy: expect.arrayContaining([block('acl-pods', 'egress', 'request', undefined, 53)]) },
    ],
    [
      'a rule whose CIDR is none',
      { dns: [entry(90, false, { cidrBlock: '10.0.0.0/99' }), ...OPEN] },
      { verdict: 'unknown', reason: 'a rule of a network ACL names no CIDR' },
    ],
  ])('%s', (_, asked, expected) => {
    expect(ask(asked)).toEqual(expected);
  });
});

/** Most end as a default ACL does. */
const entries: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      egress: fc.boolean(),
      protocol: fc.constantFrom('-1', '-1', 'tcp', '6', '17', '1'),
      ruleAction: fc.constantFrom('allow', 'allow', 'deny'),
      cidrBlock: fc.constantFrom('0.0.0.0/0', '0.0.0.0/0', '10.0.1.0/24', '10.0.2.16/28', '10.0.1.11/32'),
      portRange: fc.record({ from: fc.constantFrom(0, 53, 1024, 1028), to: fc.constantFrom(53, 1026, 1028, 1031, 65535) }),
    }),
    { maxLength: 7 },
  )
  .chain((all) =>
    fc
      .shuffledSubarray([...Array(40).keys()], { minLength: all.length, maxLength: all.length })
      .map((numbers) => all.map((one, at) => ({ ...one, ruleNumber: 1 + (numbers[at] ?? 0) }))),
  )
  .chain((all) => fc.constantFrom(all, [...all, ...OPEN], [...all, ...OPEN]));

/** One packet at one ACL: the rules in their order, each asked whether it matches. */
function packetPasses(rules: readonly Entry[], egress: boolean, peer: string, protocol: 'tcp' | 'udp', port: number): boolean {
  const spoken = { tcp: ['-1', 'tcp', '6'], udp: ['-1', 'udp', '17'] }[protocol];
  for (let number = 1; number <= 100; number++) {
    const rule = rules.find((one) => one.ruleNumber === number && one.egress === egress);
    if (rule === undefined || !spoken.includes(rule.protocol)) continue;
    if (!ipaddr.parse(peer).match(ipaddr.parseCIDR(rule.cidrBlock ?? ''))) continue;
    const { from = 0, to = 0 } = rule.portRange ?? {};
    if (rule.protocol !== '-1' && (port < from || port > to)) continue;
    return rule.ruleAction === 'allow';
  }
  return false;
}

describe('whatever the rules', () => {
  test('each client port fares as packet after packet would', () => {
    const seen = new Map<string, number>();
    const ephemeral = { from: 1024, to: 1033 };
    const property = fc.property(entries, entries, fc.constantFrom('tcp' as const, 'udp' as const), (pods, dns, protocol) => {
      const client = Array.from({ length: 10 }, (_, at) => ephemeral.from + at);
      const opens = packetPasses(pods, true, COREDNS, protocol, 53) && packetPasses(dns, false, POD, protocol, 53);
      const works = client.filter(
        (port) => opens && packetPasses(dns, true, POD, protocol, port) && packetPasses(pods, false, COREDNS, protocol, port),
      );
      const expected = works.length === 0 ? 'denied' : works.length === client.length ? 'allowed' : 'partly';
      seen.set(expected, (seen.get(expected) ?? 0) + 1);
      expect(ask({ pods, dns, protocol, ephemeral }).verdict).toBe(expected);
    });
    fc.assert(property, { numRuns: 3000 });
    expect(Math.min(...['allowed', 'partly', 'denied'].map((verdict) => seen.get(verdict) ?? 0))).toBeGreaterThan(20);
  });
});
