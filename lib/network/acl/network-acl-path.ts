import type { NetworkAcl } from '#lib/model/ec2.ts';
import {
  type AclProtocol,
  type AclSegment,
  aclSegments,
  type CompiledAcl,
  compileAcl,
  overlap,
  type PortRange,
} from '#lib/network/acl/network-acl.ts';
import type { Address } from '#lib/network/address.ts';

/**
 * The ports that replies go to. Linux takes 32768 to 60999 unless told otherwise; a range that covers every client begins at 1024.
 * Source: Amazon VPC User Guide, "Ephemeral ports".
 */
export const EPHEMERAL_PORTS = {
  any: { from: 1024, to: 65535 },
  linux: { from: 32768, to: 60999 },
} as const satisfies Readonly<Record<string, PortRange>>;

/** The ACL of a subnet. Undefined where it was not read: every subnet has one. */
export type AclOf = (subnetId: string) => CompiledAcl | undefined;

export function compileAcls(acls: readonly NetworkAcl[]): AclOf {
  const bySubnet = new Map<string, CompiledAcl>();
  for (const acl of acls) {
    const compiled = compileAcl(acl);
    for (const subnetId of acl.subnetIds) bySubnet.set(subnetId, compiled);
  }
  return (subnetId) => bySubnet.get(subnetId);
}

export interface AclEnd {
  readonly address: Address;
  readonly subnetId: string;
}

export interface AclConnection {
  readonly protocol: AclProtocol;
  readonly port: number;
  /** The ports that the source may take for itself. */
  readonly ephemeral: PortRange;
}

/** A passage at which some or all of the traffic is dropped. */
export interface AclBlock {
  readonly networkAclId: string;
  readonly subnetId: string;
  readonly direction: 'egress' | 'ingress';
  /** Whether what opens the connection is dropped, or what answers. */
  readonly leg: 'request' | 'reply';
  readonly ports: PortRange;
  /** Undefined for the rule `*`. */
  readonly ruleNumber: number | undefined;
}

/**
 * `partly`: replies to some of the source's ports are dropped, so that some connections hang, at random.
 * `unknown` only where an ACL, or a rule that was not understood, decides.
 */
export type AclVerdict =
  | { readonly verdict: 'allowed' }
  | { readonly verdict: 'denied' | 'partly'; readonly blockedBy: readonly AclBlock[] }
  | { readonly verdict: 'unknown'; readonly reason: string };

interface Passage {
  readonly end: AclEnd;
  readonly peer: AclEnd;
  readonly direction: AclBlock['direction'];
  readonly leg: AclBlock['leg'];
  readonly ports: PortRange;
}

/**
 * Whether network ACLs let a connection through. They are stateless, so that its replies need rules of their own, and they are asked
 * only between subnets.
 * Source: Amazon VPC User Guide, "Control subnet traffic with network access control lists".
 */
export function aclVerdict(aclOf: AclOf, source: AclEnd, destination: AclEnd, connection: AclConnection): AclVerdict {
  if (source.subnetId === destination.subnetId) return { verdict: 'allowed' };
  const { ephemeral, port } = connection;
  const request = { leg: 'request', ports: { from: port, to: port } } as const;
  const reply = { leg: 'reply', ports: ephemeral } as const;
  const passages: readonly Passage[] = [
    { ...request, end: source, peer: destination, direction: 'egress' },
    { ...request, end: destination, peer: source, direction: 'ingress' },
    { ...reply, end: destination, peer: source, direction: 'egress' },
    { ...reply, end: source, peer: destination, direction: 'ingress' },
  ];
  const read = passages.map((passage) => ({ passage, segments: segmentsOf(aclOf(passage.end.subnetId), passage, connection) }));
  const unread = read.find(({ segments }) => segments === undefined)?.passage.end.subnetId;
  const segments = read.map(
    (one) => one.segments ?? [{ ...one.passage.ports, action: 'unread' as const, ruleNumber: undefined }],
  );
  const [out = [], into = [], back = [], home = []] = segments;
  const blockedBy = read.flatMap(({ passage }, at) => blocks(passage, segments[at] ?? [], aclOf));
  const [requests, replies] = [meet(out, into), meet(back, home)];
  const denied = [requests, replies].some((leg) => leg.every(({ action }) => action === 'deny'));
  if (denied) return { verdict: 'denied', blockedBy };
  if ([...requests, ...replies].some(({ action }) => action === 'unread')) return unknown(unread);
  return blockedBy.length > 0 ? { verdict: 'partly', blockedBy } : { verdict: 'allowed' };
}

function segmentsOf(
  acl: CompiledAcl | undefined,
  { peer, direction, ports }: Passage,
  { protocol }: AclConnection,
): readonly AclSegment[] | undefined {
  return acl && aclSegments(acl[direction], { peer: peer.address, protocol, ports });
}

/** What becomes of each port at two ACLs in a row. */
function meet(first: readonly AclSegment[], second: readonly AclSegment[]): Pick<AclSegment, 'action' | 'from' | 'to'>[] {
  return first.flatMap((a) =>
    second.flatMap((b) => {
      const actions = [a.action, b.action];
      const action = actions.includes('deny') ? 'deny' : actions.includes('unread') ? 'unread' : 'allow';
      return overlap(a, b).map((range) => ({ ...range, action }) as const);
    }),
  );
}

function blocks({ end, direction, leg }: Passage, segments: readonly AclSegment[], aclOf: AclOf): AclBlock[] {
  const networkAclId = aclOf(end.subnetId)?.id ?? '';
  return segments.flatMap(({ action, from, to, ruleNumber }) =>
    action === 'deny' ? [{ networkAclId, subnetId: end.subnetId, direction, leg, ports: { from, to }, ruleNumber }] : [],
  );
}

function unknown(subnetId: string | undefined): AclVerdict {
  const reason = subnetId === undefined ? 'a rule of a network ACL names no CIDR' : `the network ACL of ${subnetId} was not read`;
  return { verdict: 'unknown', reason };
}
