import type { NetworkInterface } from '#lib/model/ec2.ts';
import { type Address, formatAddressCidr } from '#lib/network/address.ts';
import type { DnsPath } from '#lib/network/dns/reachability.ts';
import type { SourceClass } from '#lib/network/dns/source-classes.ts';
import type { InterfaceIndex } from '#lib/network/interface-index.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/** A security group rule that would close a gap, as EC2 takes it: one rule a protocol and CIDR. */
export interface MissingRule {
  readonly groupId: string;
  readonly direction: 'egress' | 'ingress';
  readonly protocols: readonly TransportProtocol[];
  readonly fromPort: number;
  readonly toPort: number;
  /** The peer by its group; else `cidrs`. */
  readonly referencedGroupId?: string;
  readonly cidrs?: readonly string[];
}

export interface MissingRuleContext {
  readonly index: InterfaceIndex;
  readonly groupsCoverPrefixes: boolean;
  readonly subnetCidrs: (subnetId: string) => readonly string[] | undefined;
}

interface End {
  /** Undefined where it cannot be seen. */
  readonly eni?: NetworkInterface | undefined;
  readonly address: Address;
  readonly fromPrefix: boolean;
}

/**
 * The narrowest rules that would open these paths of one class: on the group, and from the group, that the fewest interfaces carry.
 * Between accounts or VPCs, where a group cannot be named, from the other end's subnet.
 */
export function missingRules(
  source: SourceClass,
  paths: readonly DnsPath[],
  context: MissingRuleContext,
): readonly MissingRule[] {
  const rules = new Map<string, MissingRule>();
  for (const { member, endpoint, protocol, blockedBy } of paths) {
    const port = endpoint.ports[protocol];
    if (port === undefined) continue;
    const from = { eni: source.eni, address: member.address, fromPrefix: source.fromPrefix };
    for (const { direction, groups, peerGroups } of blockedBy) {
      const groupId = narrowest(groups, context.index);
      const [own, other] = direction === 'egress' ? [from, endpoint] : [endpoint, from];
      const peer = peerOf(own, other, peerGroups, context);
      const key = JSON.stringify([direction, groupId, port, peer]);
      const protocols = new Set([...(rules.get(key)?.protocols ?? []), protocol]);
      rules.set(key, { groupId, direction, protocols: [...protocols], fromPort: port, toPort: port, ...peer });
    }
  }
  return [...rules.values()];
}

function peerOf(
  own: End,
  { eni, address, fromPrefix }: End,
  peerGroups: readonly string[] | undefined,
  context: MissingRuleContext,
): Pick<MissingRule, 'referencedGroupId' | 'cidrs'> {
  const sameNetwork = own.eni?.vpcId === eni?.vpcId && own.eni?.ownerId === eni?.ownerId;
  const matched = context.groupsCoverPrefixes || !fromPrefix;
  if (sameNetwork && matched && peerGroups?.length) return { referencedGroupId: narrowest(peerGroups, context.index) };
  const subnetCidrs = eni === undefined ? undefined : context.subnetCidrs(eni.subnetId);
  const cidrs = subnetCidrs?.filter((cidr) => cidr.includes(':') === (typeof address === 'bigint')) ?? [];
  return { cidrs: cidrs.length > 0 ? cidrs : [formatAddressCidr(address)] };
}

/** Of equally narrow ones the first by name, so that every run names the same. */
export function narrowest(groups: readonly string[], index: InterfaceIndex): string {
  const [first = ''] = groups.toSorted((a, b) => index.carriers(a) - index.carriers(b) || (a < b ? -1 : 1));
  return first;
}
