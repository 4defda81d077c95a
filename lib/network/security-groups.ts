import type { PrefixList, SecurityGroup, SecurityGroupRule } from '#lib/model/ec2.ts';
import { type Cidr, parseCidr } from '#lib/network/address.ts';

export type TransportProtocol = 'udp' | 'tcp';
/** IP-in-IP, IP protocol 4, which has no ports. */
export type TrafficProtocol = TransportProtocol | 'ipip';

/** Whom a rule speaks of. `unread` may or may not match: an unreadable list or a CIDR that does not parse. */
export type RulePeer =
  | { readonly kind: 'cidrs'; readonly cidrs: readonly Cidr[] }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unread'; readonly reason: string };

export interface CompiledRule {
  readonly id: string;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly ipip: boolean;
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: RulePeer;
}

export interface CompiledGroup {
  /** False where EC2 did not show the group: it may hold rules beyond these. */
  readonly read: boolean;
  readonly ingress: readonly CompiledRule[];
  readonly egress: readonly CompiledRule[];
}

/** Looks a group up by id; one that nobody described is unread and has no rules. */
export type CompiledGroups = (groupId: string) => CompiledGroup;

const UNREAD: CompiledGroup = { read: false, ingress: [], egress: [] };

/**
 * Prepares the rules of security groups for decisions: protocols, ports and CIDRs parsed once, prefix lists expanded.
 * @param groups those that EC2 described: one of them without rules lets nothing through
 * @param prefixLists undefined where they were not read
 */
export function compileGroups(
  groups: readonly SecurityGroup[],
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[] | undefined,
): CompiledGroups {
  const lists = new Map(prefixLists?.map((list) => [list.prefixListId, list]));
  const compiled = new Map<string, { read: boolean; ingress: CompiledRule[]; egress: CompiledRule[] }>();
  const groupOf = (id: string, read: boolean) => {
    const group = compiled.get(id) ?? { read, ingress: [], egress: [] };
    compiled.set(id, group);
    return group;
  };
  for (const { groupId } of groups) groupOf(groupId, true);
  for (const rule of rules) {
    const group = groupOf(rule.groupId, false);
    (rule.isEgress ? group.egress : group.ingress).push(compileRule(rule, lists));
  }
  return (groupId) => compiled.get(groupId) ?? UNREAD;
}

/**
 * Source: Amazon EC2 API Reference, SecurityGroupRule: `IpProtocol` is a name, a number or -1 (all protocols, and then all
 * ports); a port of -1 is every port.
 */
function compileRule(rule: SecurityGroupRule, lists: ReadonlyMap<string, PrefixList>): CompiledRule {
  const protocol = rule.ipProtocol.toLowerCase();
  const everyPort = protocol === '-1' || rule.fromPort === -1 || rule.toPort === -1;
  return {
    id: rule.securityGroupRuleId,
    udp: protocol === '-1' || protocol === 'udp' || protocol === '17',
    tcp: protocol === '-1' || protocol === 'tcp' || protocol === '6',
    ipip: protocol === '-1' || protocol === '4',
    fromPort: everyPort ? 0 : rule.fromPort,
    toPort: everyPort ? 65535 : rule.toPort,
    peer: rulePeer(rule, lists),
  };
}

function rulePeer(rule: SecurityGroupRule, lists: ReadonlyMap<string, PrefixList>): RulePeer {
  if (rule.referencedGroup !== undefined) {
    const { groupId, peeringStatus } = rule.referencedGroup;
    // A reference over a peering that was deleted is stale: it matches no interface any more.
    // Source: Amazon VPC Peering Guide, "Update your security groups to reference peer security groups".
    const stale = peeringStatus !== undefined && peeringStatus !== 'active';
    return stale ? { kind: 'nobody' } : { kind: 'group', groupId };
  }
  if (rule.prefixListId !== undefined) return prefixListPeer(rule.prefixListId, lists.get(rule.prefixListId));
  const text = rule.cidrIpv4 ?? rule.cidrIpv6;
  return text === undefined ? { kind: 'unread', reason: `the rule ${rule.securityGroupRuleId} names no peer` } : cidrPeer([text]);
}

function prefixListPeer(id: string, list: PrefixList | undefined): RulePeer {
  if (list?.cidrs !== undefined) return cidrPeer(list.cidrs);
  return { kind: 'unread', reason: `the prefix list ${id} was not read${list?.unreadable ? ` (${list.unreadable})` : ''}` };
}

function cidrPeer(texts: readonly string[]): RulePeer {
  const cidrs: Cidr[] = [];
  for (const text of texts) {
    const cidr = parseCidr(text);
    if (cidr === undefined) return { kind: 'unread', reason: `${text} is no CIDR` };
    cidrs.push(cidr);
  }
  return { kind: 'cidrs', cidrs };
}

/** Every CIDR from which an ingress rule of these groups lets traffic in to one of these ports: what tells addresses of a subnet apart. */
export function ingressCidrs(groupIds: Iterable<string>, ports: Iterable<number>, groups: CompiledGroups): readonly Cidr[] {
  const all = [...ports];
  const open = ({ fromPort, toPort, udp, tcp }: CompiledRule) =>
    (udp || tcp) && all.some((port) => fromPort <= port && port <= toPort);
  return [...new Set(groupIds)].flatMap((id) =>
    groups(id).ingress.flatMap((rule) => (rule.peer.kind === 'cidrs' && open(rule) ? rule.peer.cidrs : [])),
  );
}
