import * as z from 'zod';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { SourcePatch } from '#lib/model/remediation-owner.ts';
import type { AwsStep } from '#lib/model/remediation-step.ts';

/** One rule of one protocol from or to one peer, as `missingRule` and `furtherRules` of dns-security-groups name them. */
export interface WantedRule {
  readonly groupId: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: 'tcp' | 'udp';
  readonly fromPort: number;
  readonly toPort: number;
  /** A security group's id, or a CIDR. */
  readonly peer: string;
}

const missingRule = z.object({
  groupId: z.string().regex(/^sg-/),
  direction: z.enum(['egress', 'ingress']),
  protocols: z.array(z.enum(['tcp', 'udp'])).min(1),
  fromPort: z.int().min(0).max(65535),
  toPort: z.int().min(0).max(65535),
  referencedGroupId: z.string().regex(/^sg-/).optional(),
  cidrs: z.array(z.string()).optional(),
});
const evidence = z.object({ missingRule: missingRule.nullish(), furtherRules: z.array(missingRule).optional() });

/** The rules that these findings lack, each once; undefined where the evidence is not what the check writes. */
export function wantedRules(findings: readonly Finding[]): readonly WantedRule[] | undefined {
  const rules = new Map<string, WantedRule>();
  for (const finding of findings) {
    const parsed = evidence.safeParse(finding.evidence);
    if (!parsed.success) return undefined;
    const { missingRule: first, furtherRules = [] } = parsed.data;
    for (const rule of [...(first ? [first] : []), ...furtherRules])
      for (const one of each(rule)) rules.set(JSON.stringify(one), one);
  }
  return [...rules.values()];
}

function each({ groupId, direction, protocols, fromPort, toPort, referencedGroupId, cidrs = [] }: z.infer<typeof missingRule>) {
  const peers = referencedGroupId === undefined ? cidrs : [referencedGroupId];
  return peers.flatMap((peer) =>
    protocols.toSorted().map((protocol): WantedRule => ({ groupId, direction, protocol, fromPort, toPort, peer })),
  );
}

export function ruleText({ groupId, direction, protocol, fromPort, toPort, peer }: WantedRule): string {
  const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
  return `${protocol.toUpperCase()} ${ports} ${direction === 'ingress' ? `into ${groupId} from` : `out of ${groupId} to`} ${peer}`;
}

/** Marks the rules as ours, so that people find them and the rollback takes away no other. */
export const RULE_TAG = { Key: 'cniwatch:remediation', Value: 'allow-dns' } as const;
const DESCRIPTION = 'DNS of pods, added by cniwatch (allow-dns)';

/** Source: Amazon EC2 API Reference, AuthorizeSecurityGroupIngress and -Egress, IpPermission. */
export function authorize(rule: WantedRule, id: string): AwsStep {
  const { groupId, direction, protocol, fromPort, toPort, peer } = rule;
  const peerOf = peer.startsWith('sg-')
    ? { UserIdGroupPairs: [{ GroupId: peer, Description: DESCRIPTION }] }
    : peer.includes(':')
      ? { Ipv6Ranges: [{ CidrIpv6: peer, Description: DESCRIPTION }] }
      : { IpRanges: [{ CidrIp: peer, Description: DESCRIPTION }] };
  return {
    id,
    title: `allow ${ruleText(rule)}`,
    kind: 'aws',
    service: 'ec2',
    operation: direction === 'ingress' ? 'AuthorizeSecurityGroupIngress' : 'AuthorizeSecurityGroupEgress',
    parameters: {
      GroupId: groupId,
      IpPermissions: [{ IpProtocol: protocol, FromPort: fromPort, ToPort: toPort, ...peerOf }],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ ...RULE_TAG }] }],
    },
  };
}

/** By the ids that the answer told: a rule of the same words that somebody else made is none of ours. */
export function revoke(rule: WantedRule, id: string): AwsStep {
  return {
    id: `undo-${id}`,
    title: `take away the rule that step ${id} made: ${ruleText(rule)}`,
    kind: 'aws',
    service: 'ec2',
    operation: rule.direction === 'ingress' ? 'RevokeSecurityGroupIngress' : 'RevokeSecurityGroupEgress',
    parameters: {
      GroupId: rule.groupId,
      SecurityGroupRuleIds: { answerOf: id, at: ['SecurityGroupRules', '*', 'SecurityGroupRuleId'] },
    },
  };
}

/** A rule that is there, in the same words; undefined for one that cannot be such a rule. */
export function presentRuleText(rule: SecurityGroupRule): string | undefined {
  const protocol = { tcp: 'tcp', '6': 'tcp', udp: 'udp', '17': 'udp' }[rule.ipProtocol] as WantedRule['protocol'] | undefined;
  const peer = rule.referencedGroup?.groupId ?? rule.cidrIpv4 ?? rule.cidrIpv6;
  if (protocol === undefined || peer === undefined) return undefined;
  const direction = rule.isEgress ? 'egress' : 'ingress';
  return ruleText({ groupId: rule.groupId, direction, protocol, fromPort: rule.fromPort, toPort: rule.toPort, peer });
}

/** The rules as arguments of Terraform's own resources. Source: Terraform AWS provider, aws_vpc_security_group_ingress_rule. */
export function rulesSource(rules: readonly WantedRule[]): SourcePatch {
  const blocks = rules.map(({ groupId, direction, protocol, fromPort, toPort, peer }) => {
    const key = peer.startsWith('sg-') ? 'referenced_security_group_id' : peer.includes(':') ? 'cidr_ipv6' : 'cidr_ipv4';
    const name = `dns_${protocol}_${direction}_${peer}`.replaceAll(/[^a-z0-9]+/gi, '_');
    const lines = [
      `security_group_id = "${groupId}"`,
      `ip_protocol = "${protocol}"`,
      `from_port = ${fromPort}`,
      `to_port = ${toPort}`,
      `${key} = "${peer}"`,
    ];
    return [`resource "aws_vpc_security_group_${direction}_rule" "${name}" {`, ...lines.map((line) => `  ${line}`), '}'].join(
      '\n',
    );
  });
  return {
    format: 'terraform',
    where:
      "Add it to the source of the security group's owner; another tool than Terraform has the same arguments under its own names.",
    text: `${blocks.join('\n\n')}\n`,
  };
}
