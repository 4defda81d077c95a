import { type Address, cidrContains } from '#lib/network/address.ts';
import type { CompiledGroups, CompiledRule, RulePeer, TrafficProtocol, TransportProtocol } from '#lib/network/security-groups.ts';

/** One end of a connection as security groups see it. */
export interface TrafficEnd {
  readonly address: Address;
  /** The groups of its interface; undefined where that interface cannot be seen. */
  readonly groups: readonly string[] | undefined;
  /**
   * Whether rules that name a group match this address. False for an address of a delegated prefix where the configuration
   * says so: AWS documents group references for the private addresses of an interface, and not for its prefixes.
   */
  readonly matchedByGroup: boolean;
}

export interface Traffic {
  readonly protocol: TransportProtocol;
  readonly port: number;
}

/** Also of a protocol without ports, whose port is then 0. */
export interface TunnelTraffic {
  readonly protocol: TrafficProtocol;
  readonly port: number;
}

/** A side that lets nothing through: none of these groups has a rule for this traffic. */
export interface Block {
  readonly direction: 'egress' | 'ingress';
  readonly groups: readonly string[];
  /** Those of the other end; undefined where they cannot be seen. */
  readonly peerGroups: readonly string[] | undefined;
}

/** Three-valued: `unknown` only where what was not read decides. */
export type Decision =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'deny'; readonly blockedBy: readonly Block[] }
  | { readonly verdict: 'unknown'; readonly reason: string };

const ALLOW: Decision = { verdict: 'allow' };

/**
 * Whether security groups let a connection be opened. Rules only allow, those of all groups of an interface add up, and replies
 * pass by themselves, so one egress rule of the source and one ingress rule of the destination decide.
 * Source: Amazon VPC User Guide, "Security group rules".
 */
export function decideTraffic(
  source: TrafficEnd,
  destination: TrafficEnd,
  traffic: TunnelTraffic,
  groups: CompiledGroups,
): Decision {
  const out = decideDirection('egress', source, destination, traffic, groups);
  const into = decideDirection('ingress', destination, source, traffic, groups);
  const blockedBy = [out, into].flatMap((side) => (side.verdict === 'deny' ? side.blockedBy : []));
  if (blockedBy.length > 0) return { verdict: 'deny', blockedBy };
  return out.verdict === 'allow' ? into : out;
}

/** Whether the groups of one end let traffic out to its peer, or in from it. */
export function decideDirection(
  direction: Block['direction'],
  own: TrafficEnd,
  peer: TrafficEnd,
  traffic: TunnelTraffic,
  groups: CompiledGroups,
): Decision {
  if (own.groups === undefined || own.groups.length === 0) {
    const end = direction === 'egress' ? 'source' : 'destination';
    return { verdict: 'unknown', reason: `the security groups of the ${end}'s interface cannot be seen` };
  }
  let doubt: string | undefined;
  for (const id of own.groups) {
    const group = groups(id);
    const match = anyMatch(group[direction], peer, traffic);
    if (match === true) return ALLOW;
    doubt ??= match || (group.read ? undefined : `the rules of ${id} were not read`);
  }
  return doubt === undefined
    ? { verdict: 'deny', blockedBy: [{ direction, groups: own.groups, peerGroups: peer.groups }] }
    : { verdict: 'unknown', reason: doubt };
}

/** The first rule by which the groups of one end let traffic out to its peer, or in from it. */
export function allowingRule(
  direction: Block['direction'],
  own: TrafficEnd,
  peer: TrafficEnd,
  { protocol, port }: TunnelTraffic,
  groups: CompiledGroups,
): { readonly groupId: string; readonly ruleId: string } | undefined {
  for (const groupId of own.groups ?? []) {
    const rule = groups(groupId)[direction].find((one) => covers(one, protocol, port) && matches(one.peer, peer) === true);
    if (rule !== undefined) return { groupId, ruleId: rule.id };
  }
  return undefined;
}

/** @returns whether some rule lets it through, or why that cannot be told */
function anyMatch(rules: readonly CompiledRule[], peer: TrafficEnd, { protocol, port }: TunnelTraffic): boolean | string {
  let doubt: string | undefined;
  for (const rule of rules) {
    if (!covers(rule, protocol, port)) continue;
    const match = matches(rule.peer, peer);
    if (match === true) return true;
    if (match !== false) doubt ??= match;
  }
  return doubt ?? false;
}

/** Whether a rule speaks of this protocol and port, whoever its peer is. */
export function covers(rule: CompiledRule, protocol: TrafficProtocol, port: number): boolean {
  return rule[protocol] && (protocol === 'ipip' || (port >= rule.fromPort && port <= rule.toPort));
}

/** @returns whether the rule's peer is this end, or why that cannot be told */
function matches(peer: RulePeer, end: TrafficEnd): boolean | string {
  switch (peer.kind) {
    case 'cidrs':
      return peer.cidrs.some((cidr) => cidrContains(cidr, end.address));
    case 'group':
      if (!end.matchedByGroup) return false;
      return end.groups?.includes(peer.groupId) ?? `a rule names ${peer.groupId}, and the groups of the other end cannot be seen`;
    case 'nobody':
      return false;
    case 'unread':
      return peer.reason;
  }
}
