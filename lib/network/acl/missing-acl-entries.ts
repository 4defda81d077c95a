import type { AclBlock } from '#lib/network/acl/network-acl-path.ts';

/** An entry of a network ACL that would close a gap, as EC2 takes it. */
export interface MissingAclEntry {
  readonly networkAclId: string;
  readonly direction: 'egress' | 'ingress';
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidr: string;
  /** It must be numbered below this rule, which denies; null where only the rule `*` does. */
  readonly below: number | null;
}

export interface MissingAclEntryContext {
  readonly protocol: string;
  /** The CIDRs that the entry must let through at the other end of this passage. */
  readonly peerCidrs: (block: AclBlock) => readonly string[];
}

/** Entries for exactly what is dropped at these passages. */
export function missingAclEntries(
  blocks: readonly AclBlock[],
  { protocol, peerCidrs }: MissingAclEntryContext,
): readonly MissingAclEntry[] {
  const entries = blocks.flatMap((block) =>
    peerCidrs(block).map((cidr) => ({
      networkAclId: block.networkAclId,
      direction: block.direction,
      protocol,
      fromPort: block.ports.from,
      toPort: block.ports.to,
      cidr,
      below: block.ruleNumber ?? null,
    })),
  );
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

/** `acl-1: allow UDP 53 out to 10.0.2.0/24, numbered below 90`. */
export function aclEntryText({ networkAclId, direction, protocol, fromPort, toPort, cidr, below }: MissingAclEntry): string {
  const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
  const peer = direction === 'egress' ? `out to ${cidr}` : `in from ${cidr}`;
  return `${networkAclId}: allow ${protocol.toUpperCase()} ${ports} ${peer}${below === null ? '' : `, numbered below ${below}`}`;
}

/** `egress of acl-1 (rule 90)`, of the replies where it is they that are dropped. */
export function aclBlockText({ direction, networkAclId, ruleNumber, leg, ports }: AclBlock): string {
  const rule = ruleNumber === undefined ? 'no rule allows it' : `rule ${ruleNumber}`;
  const what = leg === 'request' ? '' : `, replies to ports ${ports.from}-${ports.to}`;
  return `${direction} of ${networkAclId} (${rule}${what})`;
}
