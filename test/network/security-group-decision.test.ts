import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PrefixList, SecurityGroupRule } from '#lib/model/ec2.ts';
import { parseAddress } from '#lib/network/address.ts';
import { decideTraffic, type TrafficEnd } from '#lib/network/security-group-decision.ts';
import { compileGroups, type TransportProtocol } from '#lib/network/security-groups.ts';
import { ACCOUNT, aRule } from '#test/scenarios/slices.ts';

const aGroup = (groupId: string) => ({ groupId, groupName: groupId, tags: {} });

function end(address: string, groups: readonly string[] | undefined, matchedByGroup = true): TrafficEnd {
  return { address: parseAddress(address) ?? 0, groups, matchedByGroup };
}

const SOURCE = end('10.0.1.20', ['sg-pods']);
const DESTINATION = end('10.0.2.30', ['sg-dns']);
const OUT = aRule({ groupId: 'sg-pods' });
const IN = (over: Partial<SecurityGroupRule>) => aRule({ groupId: 'sg-dns', isEgress: false, cidrIpv4: '10.0.0.0/16', ...over });

interface World {
  rules: readonly SecurityGroupRule[];
  lists?: readonly PrefixList[];
  source?: TrafficEnd;
  destination?: TrafficEnd;
  protocol?: TransportProtocol;
  port?: number;
  groups?: readonly string[];
}

function decide({ rules, lists, source = SOURCE, destination = DESTINATION, protocol = 'udp', port = 53, groups }: World) {
  const compiled = compileGroups((groups ?? ['sg-pods', 'sg-dns']).map(aGroup), rules, lists);
  return decideTraffic(source, destination, { protocol, port }, compiled);
}

const reference = (groupId: string, over = {}) => ({ referencedGroup: { groupId, userId: ACCOUNT, ...over } });
const { cidrIpv4: _, ...IN_FROM_NOBODY } = IN({});
const inFrom = (peer: Partial<SecurityGroupRule>): SecurityGroupRule => ({ ...IN_FROM_NOBODY, ...peer });

describe('one rule lets traffic through', () => {
  test.each<[string, World, 'allow' | 'deny']>([
    ['all protocols', { rules: [OUT, IN({})] }, 'allow'],
    ['all protocols, whatever ports it says', { rules: [OUT, IN({ fromPort: 80, toPort: 80 })] }, 'allow'],
    ['by the name of its protocol', { rules: [OUT, IN({ ipProtocol: 'udp', fromPort: 53, toPort: 53 })] }, 'allow'],
    ['by the number of its protocol', { rules: [OUT, IN({ ipProtocol: '17', fromPort: 53, toPort: 53 })] }, 'allow'],
    ['another protocol by name', { rules: [OUT, IN({ ipProtocol: 'tcp', fromPort: 53, toPort: 53 })] }, 'deny'],
    ['another protocol by number', { rules: [OUT, IN({ ipProtocol: '6', fromPort: 53, toPort: 53 })] }, 'deny'],
    ['tcp by number, over tcp', { rules: [OUT, IN({ ipProtocol: '6', fromPort: 53, toPort: 53 })], protocol: 'tcp' }, 'allow'],
    ['icmp', { rules: [OUT, IN({ ipProtocol: 'icmp' })] }, 'deny'],
    ['a range with the port', { rules: [OUT, IN({ ipProtocol: 'udp', fromPort: 50, toPort: 53 })] }, 'allow'],
    ['a range that ends before the port', { rules: [OUT, IN({ ipProtocol: 'udp', fromPort: 1, toPort: 52 })] }, 'deny'],
    ['a range that begins after the port', { rules: [OUT, IN({ ipProtocol: 'udp', fromPort: 54, toPort: 99 })] }, 'deny'],
    ['every port as -1', { rules: [OUT, IN({ ipProtocol: 'udp', fromPort: -1, toPort: -1 })] }, 'allow'],
    ['another target port', { rules: [OUT, IN({ ipProtocol: 'udp', fromPort: 53, toPort: 53 })], port: 1053 }, 'deny'],
    ['a CIDR without the source', { rules: [OUT, IN({ cidrIpv4: '10.0.2.0/24' })] }, 'deny'],
    ['the source alone', { rules: [OUT, IN({ cidrIpv4: '10.0.1.20/32' })] }, 'allow'],
    ["the source's group", { rules: [OUT, inFrom(reference('sg-pods'))] }, 'allow'],
    ['another group', { rules: [OUT, inFrom(reference('sg-other'))] }, 'deny'],
    ["a peer account's group", { rules: [OUT, inFrom(reference('sg-pods', { userId: '9', peeringStatus: 'active' }))] }, 'allow'],
    ['a group behind a deleted peering', { rules: [OUT, inFrom(reference('sg-pods', { peeringStatus: 'deleted' }))] }, 'deny'],
    ['an IPv6 CIDR, over IPv4', { rules: [OUT, inFrom({ cidrIpv6: '::/0' })] }, 'deny'],
    [
      'an IPv6 CIDR, over IPv6',
      {
        rules: [aRule({ groupId: 'sg-pods', cidrIpv6: '2600:db8::/32' }), inFrom({ cidrIpv6: '2600:db8:0:1::/64' })],
        source: end('2600:db8:0:1::20', ['sg-pods']),
        destination: end('2600:db8:0:2::30', ['sg-dns']),
      },
      'allow',
    ],
    [
      'a prefix list that holds the source',
      {
        rules: [OUT, inFrom({ prefixListId: 'pl-1' })],
        lists: [{ prefixListId: 'pl-1', cidrs: ['192.168.0.0/16', '10.0.1.0/24'] }],
      },
      'allow',
    ],
    [
      'a prefix list without the source',
      { rules: [OUT, inFrom({ prefixListId: 'pl-1' })], lists: [{ prefixListId: 'pl-1', cidrs: [] }] },
      'deny',
    ],
    [
      'the second of two groups',
      {
        rules: [OUT, IN({ groupId: 'sg-extra' })],
        destination: end('10.0.2.30', ['sg-dns', 'sg-extra']),
        groups: ['sg-pods', 'sg-dns', 'sg-extra'],
      },
      'allow',
    ],
    ['no egress rule at all', { rules: [IN({})] }, 'deny'],
    [
      'a prefix address, by group, where groups do not match those',
      { rules: [OUT, inFrom(reference('sg-pods'))], source: end('10.0.1.20', ['sg-pods'], false) },
      'deny',
    ],
  ])('%s', (_name, world, verdict) => {
    expect(decide(world).verdict).toBe(verdict);
  });
});

describe('a denial names its side and the groups of that side', () => {
  test.each([
    ['ingress', [OUT], [{ direction: 'ingress', groups: ['sg-dns'], peerGroups: ['sg-pods'] }]],
    ['egress', [IN({})], [{ direction: 'egress', groups: ['sg-pods'], peerGroups: ['sg-dns'] }]],
    [
      'both',
      [],
      [
        { direction: 'egress', groups: ['sg-pods'], peerGroups: ['sg-dns'] },
        { direction: 'ingress', groups: ['sg-dns'], peerGroups: ['sg-pods'] },
      ],
    ],
  ])('%s', (_name, rules, blockedBy) => {
    expect(decide({ rules })).toEqual({ verdict: 'deny', blockedBy });
  });
});

describe('what was not read', () => {
  const viaList = inFrom({ prefixListId: 'pl-1' });
  test.each<[string, World, 'allow' | 'deny' | 'unknown', RegExp]>([
    [
      'a list that could not be read',
      { rules: [OUT, viaList], lists: [{ prefixListId: 'pl-1', unreadable: 'denied' }] },
      'unknown',
      /pl-1 was not read \(denied\)/,
    ],
    ['lists that were not read at all', { rules: [OUT, viaList] }, 'unknown', /pl-1 was not read/],
    ['does not matter where another rule allows', { rules: [OUT, viaList, IN({})] }, 'allow', /^$/],
    ['does not matter where the other side denies', { rules: [viaList] }, 'deny', /^$/],
    [
      'does not matter on another port',
      { rules: [OUT, { ...viaList, ipProtocol: 'udp', fromPort: 1, toPort: 2 }] },
      'deny',
      /^$/,
    ],
    ['a group that EC2 did not show', { rules: [OUT], groups: ['sg-pods'] }, 'unknown', /rules of sg-dns were not read/],
    ['such a group, with a rule that allows', { rules: [OUT, IN({})], groups: ['sg-pods'] }, 'allow', /^$/],
    [
      'a peer whose groups cannot be seen',
      { rules: [OUT, inFrom(reference('sg-pods'))], source: end('10.0.1.20', undefined) },
      'unknown',
      /source's interface cannot be seen/,
    ],
    [
      'a destination whose groups cannot be seen',
      { rules: [OUT], destination: end('10.0.2.30', undefined) },
      'unknown',
      /destination's interface/,
    ],
    [
      'a rule that names an unseen peer by group',
      { rules: [aRule({ groupId: 'sg-pods', ...reference('sg-dns') })], destination: end('10.0.2.30', undefined) },
      'unknown',
      /sg-dns, and the groups of the other end/,
    ],
  ])('%s', (_name, world, verdict, reason) => {
    const decision = decide(world);
    expect(decision.verdict).toBe(verdict);
    expect(decision.verdict === 'unknown' ? decision.reason : '').toMatch(reason);
  });
});

/**
 * The slow, obvious version: it writes every rule out as the set of (protocol, port, address) that it lets through, in a world of
 * sixteen addresses and four ports, and settles what was not read twice: with nothing let through, and with everything.
 */
const ADDRESSES = Array.from({ length: 16 }, (_unused, last) => `10.0.0.${last}`);
const PORTS = [52, 53, 54, 1053];
const GROUPS = ['sg-a', 'sg-b', 'sg-c'] as const;
const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  '-1': ['udp', 'tcp'],
  udp: ['udp'],
  '17': ['udp'],
  tcp: ['tcp'],
  '6': ['tcp'],
  icmp: [],
};

interface Settled {
  /** What an unread rule set, list or interface turns out to hold. */
  readonly unread: 'nothing' | 'everything';
}

function slowSideOpen(world: SlowWorld, egress: boolean, { unread }: Settled): boolean {
  const everything = unread === 'everything';
  const [own, peer] = egress ? [world.source, world.destination] : [world.destination, world.source];
  if (own.groups === undefined) return everything;
  const open = new Set<string>();
  const openAll = (protocol: string, from: number, to: number, addresses: readonly string[]) => {
    const ports = protocol === '-1' || from === -1 ? PORTS : PORTS.filter((port) => from <= port && port <= to);
    for (const name of PROTOCOLS[protocol] ?? [])
      for (const port of ports) for (const address of addresses) open.add(`${name} ${port} ${address}`);
  };
  for (const group of own.groups) {
    if (everything && !world.readGroups.includes(group)) openAll('-1', -1, -1, ADDRESSES);
    for (const rule of world.rules) {
      if (rule.groupId !== group || rule.isEgress !== egress) continue;
      openAll(rule.ipProtocol, rule.fromPort, rule.toPort, slowPeers(rule, peer, world, everything));
    }
  }
  return open.has(`${world.protocol} ${world.port} ${peer.text}`);
}

function slowPeers(rule: SecurityGroupRule, peer: SlowEnd, world: SlowWorld, everything: boolean): readonly string[] {
  const inside = (cidr: string) => {
    const [base = '', bits = ''] = cidr.split('/');
    const size = 2 ** (32 - Number(bits));
    const first = Math.floor(Number(base.split('.')[3]) / size) * size;
    return ADDRESSES.filter((_address, last) => first <= last && last < first + size);
  };
  if (rule.cidrIpv4 !== undefined) return inside(rule.cidrIpv4);
  if (rule.prefixListId !== undefined) {
    const list = world.lists.find(({ prefixListId }) => prefixListId === rule.prefixListId);
    return list?.cidrs?.flatMap(inside) ?? (everything ? ADDRESSES : []);
  }
  const { groupId, peeringStatus } = rule.referencedGroup ?? { groupId: '' };
  if (peeringStatus !== undefined && peeringStatus !== 'active') return [];
  const member = peer.matchedByGroup && (peer.groups?.includes(groupId) ?? everything);
  return member ? [peer.text] : [];
}

interface SlowEnd {
  readonly text: string;
  readonly groups: readonly string[] | undefined;
  readonly matchedByGroup: boolean;
}

interface SlowWorld {
  readonly rules: readonly SecurityGroupRule[];
  readonly lists: readonly PrefixList[];
  readonly readGroups: readonly string[];
  readonly source: SlowEnd;
  readonly destination: SlowEnd;
  readonly protocol: TransportProtocol;
  readonly port: number;
}

function slowDecision(world: SlowWorld): { verdict: string; sides: readonly string[] } {
  const surely = (egress: boolean) => slowSideOpen(world, egress, { unread: 'nothing' });
  const perhaps = (egress: boolean) => slowSideOpen(world, egress, { unread: 'everything' });
  const sides = [perhaps(true) ? [] : ['egress'], perhaps(false) ? [] : ['ingress']].flat();
  if (sides.length > 0) return { verdict: 'deny', sides };
  return { verdict: surely(true) && surely(false) ? 'allow' : 'unknown', sides };
}

const group = fc.constantFrom(...GROUPS);
const cidr = fc
  .record({ last: fc.nat(15), bits: fc.integer({ min: 28, max: 32 }) })
  .map(({ last, bits }) => `10.0.0.${last}/${bits}`);
const peer: fc.Arbitrary<Partial<SecurityGroupRule>> = fc.oneof(
  cidr.map((cidrIpv4) => ({ cidrIpv4 })),
  fc.constantFrom('pl-1', 'pl-2', 'pl-3').map((prefixListId) => ({ prefixListId })),
  fc
    .record({ groupId: group, peeringStatus: fc.constantFrom(undefined, 'active', 'deleted') })
    .map(({ groupId, peeringStatus }) => ({ referencedGroup: { groupId, ...(peeringStatus ? { peeringStatus } : {}) } })),
);
const ports = fc.oneof(
  fc.constant({ fromPort: -1, toPort: -1 }),
  fc
    .tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS))
    .map(([a, b]) => ({ fromPort: Math.min(a, b), toPort: Math.max(a, b) })),
);
const rule: fc.Arbitrary<SecurityGroupRule> = fc
  .tuple(group, fc.boolean(), fc.constantFrom(...Object.keys(PROTOCOLS)), ports, peer)
  .map(([groupId, isEgress, ipProtocol, range, to]) => ({
    securityGroupRuleId: 'sgr',
    groupId,
    isEgress,
    ipProtocol,
    ...range,
    ...to,
  }));
const slowEnd: fc.Arbitrary<SlowEnd> = fc.record({
  text: fc.constantFrom(...ADDRESSES),
  groups: fc.option(fc.uniqueArray(group, { minLength: 1 }), { nil: undefined, freq: 6 }),
  matchedByGroup: fc.boolean(),
});
const slowWorld: fc.Arbitrary<SlowWorld> = fc.record({
  rules: fc.array(rule, { maxLength: 12 }),
  lists: fc.array(cidr, { maxLength: 3 }).map((cidrs) => [
    { prefixListId: 'pl-1', cidrs },
    { prefixListId: 'pl-2', unreadable: 'denied' },
  ]),
  readGroups: fc.subarray([...GROUPS], { minLength: 1 }),
  source: slowEnd,
  destination: slowEnd,
  protocol: fc.constantFrom<TransportProtocol[]>('udp', 'tcp'),
  port: fc.constantFrom(...PORTS),
});

test('decides as the version that enumerates every address and port', () => {
  fc.assert(
    fc.property(slowWorld, (world) => {
      const groups = compileGroups(world.readGroups.map(aGroup), world.rules, world.lists);
      const ends = [world.source, world.destination].map(({ text, ...rest }) => ({ address: parseAddress(text) ?? 0, ...rest }));
      const [source, destination] = ends as [TrafficEnd, TrafficEnd];
      const decision = decideTraffic(source, destination, world, groups);
      const sides = decision.verdict === 'deny' ? decision.blockedBy.map(({ direction }) => direction) : [];
      expect({ verdict: decision.verdict, sides }).toEqual(slowDecision(world));
    }),
    { numRuns: 3000 },
  );
});
