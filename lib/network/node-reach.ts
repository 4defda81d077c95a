import type { NetworkInterface, PrefixList, SecurityGroup, SecurityGroupRule } from '#lib/model/ec2.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { type Address, type Cidr, cidrContains, parseAddress } from '#lib/network/address.ts';
import { interfaceIndex } from '#lib/network/interface-index.ts';
import { type Block, covers, decideTraffic, type TrafficEnd, type TunnelTraffic } from '#lib/network/security-group-decision.ts';
import { type CompiledGroups, compileGroups } from '#lib/network/security-groups.ts';

/** What EC2 tells of the nodes' interfaces. */
export interface NodeNetwork {
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly securityGroupRules: readonly SecurityGroupRule[];
  /** Undefined where they were not read. */
  readonly prefixLists: readonly PrefixList[] | undefined;
}

/** Nodes that no rule for this traffic tells apart. */
export interface NodeClass {
  readonly nodes: readonly string[];
  readonly end: TrafficEnd;
  /** Of its nodes' interfaces, where they are told apart by it. */
  readonly subnetId: string | undefined;
}

/** Nodes that cannot open a connection to others, or of which that is not known. */
export interface NodeGap {
  readonly from: NodeClass;
  readonly to: NodeClass;
  /** Which groups let nothing through, or what was not read. */
  readonly why: readonly Block[] | string;
}

export interface NodeReach {
  readonly blocked: readonly NodeGap[];
  readonly unknown: readonly NodeGap[];
}

/**
 * Whether the security groups of the nodes' own interfaces let every node send this traffic to every other: what tunnels, and
 * routes between nodes, need. Each class is asked once for each other, whatever the number of nodes.
 * @param acrossSubnets whether nodes of one subnet do without it
 */
export function nodeReach(
  nodes: readonly Node[],
  network: NodeNetwork,
  traffic: TunnelTraffic,
  acrossSubnets = false,
): NodeReach {
  const groups = compileGroups(network.securityGroups, network.securityGroupRules, network.prefixLists);
  const classes = nodeClasses(nodes, network, traffic, { groups, acrossSubnets });
  const blocked: NodeGap[] = [];
  const unknown: NodeGap[] = [];
  for (const from of classes) {
    for (const to of classes) {
      const together = from.subnetId !== undefined && from.subnetId === to.subnetId;
      if (together || (from === to && from.nodes.length < 2)) continue;
      const decision = decideTraffic(from.end, to.end, traffic, groups);
      if (decision.verdict === 'deny') blocked.push({ from, to, why: decision.blockedBy });
      if (decision.verdict === 'unknown') unknown.push({ from, to, why: decision.reason });
    }
  }
  return { blocked, unknown };
}

function nodeClasses(
  nodes: readonly Node[],
  { networkInterfaces }: NodeNetwork,
  traffic: TunnelTraffic,
  { groups, acrossSubnets }: { readonly groups: CompiledGroups; readonly acrossSubnets: boolean },
): readonly NodeClass[] {
  const index = interfaceIndex(networkInterfaces);
  const ends = nodes.flatMap(({ name, internalIps }) => {
    const address = internalIps.map(parseAddress).find((parsed) => parsed !== undefined);
    if (address === undefined) return [];
    const eni = index.byAddress(address)?.eni;
    const end: TrafficEnd = { address, groups: eni?.groups, matchedByGroup: true };
    return { name, end, subnetId: acrossSubnets ? eni?.subnetId : undefined };
  });
  const cidrs = namedCidrs(new Set(ends.flatMap(({ end }) => end.groups ?? [])), traffic, groups);
  const alike = ({ end, subnetId }: (typeof ends)[number]) =>
    [subnetId, end.groups?.toSorted().join(), ...containing(cidrs, end.address)].join(' ');
  return [...Map.groupBy(ends, alike).values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : { nodes: members.map(({ name }) => name), end: first.end, subnetId: first.subnetId };
  });
}

/** Every CIDR by which a rule of these groups for this traffic tells addresses apart. */
function namedCidrs(groupIds: ReadonlySet<string>, { protocol, port }: TunnelTraffic, groups: CompiledGroups): readonly Cidr[] {
  return [...groupIds].flatMap((id) =>
    [...groups(id).ingress, ...groups(id).egress].flatMap((rule) =>
      rule.peer.kind === 'cidrs' && covers(rule, protocol, port) ? rule.peer.cidrs : [],
    ),
  );
}

function containing(cidrs: readonly Cidr[], address: Address): readonly number[] {
  return cidrs.flatMap((cidr, at) => (cidrContains(cidr, address) ? at : []));
}
