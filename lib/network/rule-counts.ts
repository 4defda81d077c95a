import type { PrefixList, SecurityGroupRule } from '#lib/model/ec2.ts';

/** What the quota of rules is held against, each by itself. */
export const RULE_KINDS = ['inboundIpv4', 'inboundIpv6', 'outboundIpv4', 'outboundIpv6'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export interface RuleCounts {
  readonly counts: Readonly<Record<RuleKind, number>>;
  /** The kind with the most rules. */
  readonly fullest: RuleKind;
  /** Named by rules, and of a size that is not known: `counts` are lower bounds where there are any. */
  readonly unsizedPrefixLists: readonly string[];
}

/**
 * Rules of one security group as its quota counts them: per direction and per IP family, and one for each family where a rule names
 * a group. A customer's prefix list counts for the most entries that it may ever have, one of AWS for a weight of its own; neither
 * shows in its entries, so a list counts as one here.
 * Source: Amazon VPC User Guide, "Amazon VPC quotas" (security groups), "Consolidate and manage network CIDR blocks with managed prefix lists".
 */
export function ruleCounts(rules: readonly SecurityGroupRule[], prefixLists: ReadonlyMap<string, PrefixList>): RuleCounts {
  const counts = { inboundIpv4: 0, inboundIpv6: 0, outboundIpv4: 0, outboundIpv6: 0 };
  const unsized = new Set<string>();
  for (const rule of rules) {
    const direction = rule.isEgress ? 'outbound' : 'inbound';
    for (const family of families(rule, prefixLists)) counts[`${direction}${family}`]++;
    if (rule.prefixListId !== undefined) unsized.add(rule.prefixListId);
  }
  const fullest = RULE_KINDS.reduce((most, kind) => (counts[kind] > counts[most] ? kind : most));
  return { counts, fullest, unsizedPrefixLists: [...unsized] };
}

/** The families in which a rule surely counts. */
function families(
  { cidrIpv4, cidrIpv6, prefixListId }: SecurityGroupRule,
  prefixLists: ReadonlyMap<string, PrefixList>,
): readonly ('Ipv4' | 'Ipv6')[] {
  if (cidrIpv4 !== undefined) return ['Ipv4'];
  if (cidrIpv6 !== undefined) return ['Ipv6'];
  if (prefixListId === undefined) return ['Ipv4', 'Ipv6'];
  const [first] = prefixLists.get(prefixListId)?.cidrs ?? [];
  if (first === undefined) return [];
  return first.includes(':') ? ['Ipv6'] : ['Ipv4'];
}
