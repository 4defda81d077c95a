import type { NetworkAcl } from '#lib/model/ec2.ts';

export type AclEntry = NetworkAcl['entries'][number];

/** Allows everything from and to everywhere in IPv4, unless told otherwise. */
export const anAclEntry = (ruleNumber: number, egress: boolean, over: Partial<AclEntry> = {}): AclEntry => ({
  ruleNumber,
  egress,
  protocol: '-1',
  ruleAction: 'allow',
  ...(over.ipv6CidrBlock ? {} : { cidrBlock: '0.0.0.0/0' }),
  ...over,
});
/** As a default ACL has them. */
export const OPEN_ENTRIES: readonly AclEntry[] = [anAclEntry(100, true), anAclEntry(100, false)];
export const ports = (from: number, to = from) => ({ portRange: { from, to } });

export const anAcl = (
  networkAclId: string,
  subnetIds: readonly string[],
  entries: readonly AclEntry[] = OPEN_ENTRIES,
): NetworkAcl => ({
  networkAclId,
  isDefault: false,
  subnetIds: [...subnetIds],
  entries: [...entries],
});
