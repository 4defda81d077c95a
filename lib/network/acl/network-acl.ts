import type { NetworkAcl } from '#lib/model/ec2.ts';
import { type Address, type Cidr, cidrContains, parseCidr } from '#lib/network/address.ts';

/** Both ends are of it. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface CompiledAcl {
  readonly id: string;
  /** In the order in which they are tried. */
  readonly egress: readonly AclRule[];
  readonly ingress: readonly AclRule[];
}

export interface AclRule {
  readonly ruleNumber: number;
  /** `unread`: its CIDR is none, so that whom it speaks of cannot be told. */
  readonly action: AclAction;
  /** The protocol's number; undefined for all of them. */
  readonly protocol: number | undefined;
  readonly ports: PortRange;
  readonly cidr: Cidr | undefined;
}

export type AclAction = 'allow' | 'deny' | 'unread';

/** What an ACL does with a range of destination ports. */
export interface AclSegment extends PortRange {
  readonly action: AclAction;
  /** Undefined for the rule `*`, which denies what no other rule matched. */
  readonly ruleNumber: number | undefined;
}

export interface AclTraffic {
  /** Of the other end: rules for egress speak of destinations, those for ingress of sources. */
  readonly peer: Address;
  readonly protocol: AclProtocol;
  readonly ports: PortRange;
}

export type AclProtocol = 'tcp' | 'udp' | 'sctp';

/** Source: IANA, "Assigned Internet Protocol Numbers". */
const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };
const EVERY_PORT: PortRange = { from: 0, to: 65535 };

export function compileAcl({ networkAclId, entries }: NetworkAcl): CompiledAcl {
  const inOrder = entries.toSorted((a, b) => a.ruleNumber - b.ruleNumber);
  const of = (egress: boolean) => inOrder.filter((entry) => entry.egress === egress).map(compileEntry);
  return { id: networkAclId, egress: of(true), ingress: of(false) };
}

/** Ports count for TCP and UDP alone. Source: Amazon EC2 API Reference, CreateNetworkAclEntry, `Protocol`. */
function compileEntry(entry: NetworkAcl['entries'][number]): AclRule {
  const named = entry.protocol.toLowerCase();
  const protocol = named === '-1' || named === 'all' ? undefined : (NUMBERS[named] ?? Number(named));
  const cidr = parseCidr(entry.cidrBlock ?? entry.ipv6CidrBlock ?? '');
  return {
    ruleNumber: entry.ruleNumber,
    action: cidr === undefined ? 'unread' : entry.ruleAction === 'allow' ? 'allow' : 'deny',
    protocol,
    ports: protocol === 6 || protocol === 17 ? (entry.portRange ?? EVERY_PORT) : EVERY_PORT,
    cidr,
  };
}

/**
 * What the rules of one direction do with each port of a range: the first that matches decides, and `*` denies the rest.
 * Source: Amazon VPC User Guide, "Network ACL rules".
 */
export function aclSegments(rules: readonly AclRule[], { peer, protocol, ports }: AclTraffic): readonly AclSegment[] {
  const segments: AclSegment[] = [];
  let open: readonly PortRange[] = [ports];
  for (const rule of rules) {
    if (open.length === 0) break;
    if (!speaksOf(rule, peer, protocol)) continue;
    const { action, ruleNumber } = rule;
    segments.push(...open.flatMap((range) => overlap(range, rule.ports)).map((range) => ({ ...range, action, ruleNumber })));
    open = open.flatMap((range) => without(range, rule.ports));
  }
  return [...segments, ...open.map((range) => ({ ...range, action: 'deny' as const, ruleNumber: undefined }))];
}

function speaksOf({ protocol: number, cidr }: AclRule, peer: Address, protocol: AclProtocol): boolean {
  return (number === undefined || number === NUMBERS[protocol]) && (cidr === undefined || cidrContains(cidr, peer));
}

export function overlap(a: PortRange, b: PortRange): PortRange[] {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return from <= to ? [{ from, to }] : [];
}

/** What is left of `whole`: nothing, one range, or one on either side. */
export function without(whole: PortRange, part: PortRange): PortRange[] {
  return [
    { from: whole.from, to: Math.min(whole.to, part.from - 1) },
    { from: Math.max(whole.from, part.to + 1), to: whole.to },
  ].filter(({ from, to }) => from <= to);
}
