import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { type Address, cidrContains, formatAddressCidr, parseCidr } from '#lib/network/address.ts';
import { narrowest } from '#lib/network/missing-rules.ts';
import type { Attachment, PathPlaces } from '#lib/network/path/ends.ts';
import { type PathLayer, plainLayer, unreadReason } from '#lib/network/path/layer.ts';
import {
  allowingRule,
  type Block,
  type Decision,
  decideDirection,
  type Traffic,
  type TrafficEnd,
} from '#lib/network/security-group-decision.ts';
import { type CompiledGroups, compileGroups } from '#lib/network/security-groups.ts';

export interface AttachedTraffic extends Traffic {
  readonly from: Attachment;
  readonly to: Attachment;
}

type Direction = Block['direction'];

/** What security groups say on either side. Replies pass by themselves. */
export function securityGroupLayers(
  slices: Slices,
  traffic: AttachedTraffic,
  places: PathPlaces,
): { readonly egress: PathLayer; readonly ingress: PathLayer } {
  const unread = unreadReason({
    'security groups': slices.securityGroups,
    'rules of security groups': slices.securityGroupRules,
  });
  const groups = compileGroups(
    dataOf(slices.securityGroups) ?? [],
    dataOf(slices.securityGroupRules) ?? [],
    dataOf(slices.prefixLists),
  );
  const side = (direction: Direction): PathLayer => {
    const own = direction === 'egress' ? traffic.from : traffic.to;
    const layer = `security-group-${direction}` as const;
    if (own.kind === 'outside') return plainLayer(layer, 'not-asked', 'that end is outside the VPC');
    if (own.kind === 'unseen') return plainLayer(layer, 'unknown', own.reason);
    const peer = direction === 'egress' ? traffic.to : traffic.from;
    if (peer.kind === 'unseen' && peer.address === undefined) return plainLayer(layer, 'unknown', peer.reason);
    if (unread !== undefined) return plainLayer(layer, 'unknown', unread);
    return decidedLayer(direction, own, { traffic, groups, places });
  };
  return { egress: side('egress'), ingress: side('ingress') };
}

interface SideContext {
  readonly traffic: AttachedTraffic;
  readonly groups: CompiledGroups;
  readonly places: PathPlaces;
}

type OnInterface = Attachment & { readonly kind: 'interface' };

function decidedLayer(direction: Direction, own: OnInterface, { traffic, groups, places }: SideContext): PathLayer {
  const peer = direction === 'egress' ? traffic.to : traffic.from;
  const layer = `security-group-${direction}` as const;
  const pairs = own.groupSets.flatMap((set) => trafficEnds(peer).map((other) => ({ own: endOf(own, set), peer: other })));
  const decided = pairs.map((ends) => ({ ...ends, decision: decideDirection(direction, ends.own, ends.peer, traffic, groups) }));
  const by = [...new Set(own.groupSets.flat())];
  const doubt = decided.map(({ decision }) => decision).find(isUnknown);
  if (doubt !== undefined) return { ...plainLayer(layer, 'unknown', doubt.reason), by };
  const denying = decided.filter(({ decision }) => decision.verdict === 'deny');
  const [first] = decided;
  if (denying.length === 0 && first !== undefined) {
    return { ...plainLayer(layer, 'allowed', allowedBy(direction, first, { traffic, groups })), by };
  }
  const toOpen = denying.map(({ own: { groups: set = [] } }) => missingRule(direction, set, { own, peer, traffic, places }));
  const reason = `no ${direction} rule of ${[...new Set(denying.flatMap(({ own: { groups: set } }) => set))].join(', ')} lets it pass`;
  if (denying.length === decided.length) return { layer, verdict: 'denied', reason, by, toOpen: [...new Set(toOpen)] };
  return { layer, verdict: 'disputed', reason: `${reason}; whether these groups decide, AWS's documents disagree`, by, toOpen };
}

function isUnknown(decision: Decision): decision is Decision & { readonly verdict: 'unknown' } {
  return decision.verdict === 'unknown';
}

function endOf({ address }: OnInterface, groups: readonly string[], matchedByGroup = true): TrafficEnd {
  return { address, groups, matchedByGroup };
}

/** A peer that cannot be seen still has an address, which CIDRs match. */
function trafficEnds(peer: Attachment): readonly TrafficEnd[] {
  if (peer.kind === 'interface') return peer.groupSets.map((set) => endOf(peer, set));
  const { address = 0 } = peer;
  return [{ address, groups: peer.kind === 'outside' && isPublic(address) ? [] : undefined, matchedByGroup: true }];
}

/** Private ranges and all of IPv6 may be those of a VPC that is peered with, whose groups rules can name. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].flatMap((cidr) => parseCidr(cidr) ?? []);

function isPublic(address: Address): boolean {
  return typeof address === 'number' && !PRIVATE.some((range) => cidrContains(range, address));
}

/** Names the rule; AWS documents rules that name a group for the addresses of an interface, and not for its delegated prefixes. */
function allowedBy(
  direction: Direction,
  { own, peer }: { readonly own: TrafficEnd; readonly peer: TrafficEnd },
  { traffic, groups }: Pick<SideContext, 'traffic' | 'groups'>,
): string {
  const rule = allowingRule(direction, own, peer, traffic, groups);
  const end = direction === 'egress' ? traffic.to : traffic.from;
  const fromPrefix = end.kind === 'interface' && end.fromPrefix;
  const without = fromPrefix && allowingRule(direction, own, { ...peer, matchedByGroup: false }, traffic, groups) === undefined;
  const caveat = without
    ? ', if a rule that names a group matches addresses of delegated prefixes, which AWS does not document'
    : '';
  return `rule ${rule?.ruleId} of ${rule?.groupId} lets it pass${caveat}`;
}

interface Missing extends Pick<SideContext, 'traffic' | 'places'> {
  readonly own: OnInterface;
  readonly peer: Attachment;
}

/** `sg-db: TCP 5432 in from sg-web`: on and from the group that the fewest interfaces carry, else from the address alone. */
function missingRule(direction: Direction, groups: readonly string[], { own, peer, traffic, places }: Missing): string {
  const sameNetwork = peer.kind === 'interface' && peer.eni.vpcId === own.eni.vpcId && peer.eni.ownerId === own.eni.ownerId;
  const named = sameNetwork && peer.eni.groups.length > 0 ? narrowest(peer.eni.groups, places.index) : undefined;
  const other = named ?? formatAddressCidr(peer.address ?? 0);
  const way = direction === 'egress' ? `out to ${other}` : `in from ${other}`;
  return `${narrowest(groups, places.index)}: ${traffic.protocol.toUpperCase()} ${traffic.port} ${way}`;
}
