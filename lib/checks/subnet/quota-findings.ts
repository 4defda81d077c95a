import type { NetworkInterface, PrefixList, SecurityGroup, SecurityGroupRule } from '#lib/model/ec2.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { ServiceQuota } from '#lib/model/service-quota.ts';
import { type QuotaThresholds, type QuotaUse, quotaUse } from '#lib/network/quota-use.ts';
import { type RuleKind, ruleCounts } from '#lib/network/rule-counts.ts';

/** A quota's code with what to call it where it was not read. Source: Amazon VPC User Guide, "Amazon VPC quotas". */
export const QUOTAS = {
  interfaces: { code: 'L-DF5E4CA3', name: 'Network interfaces per Region' },
  rules: { code: 'L-0EA8095F', name: 'Inbound or outbound rules per security group' },
  groups: { code: 'L-2AFB9258', name: 'Security groups per network interface' },
} as const;

export function quotaOf({ code, name }: (typeof QUOTAS)[keyof typeof QUOTAS]): Judgement['resource'] {
  return { kind: 'quota', id: `vpc/${code}`, name };
}

export function unknownQuota(resource: Judgement['resource'], summary: string, evidence: Judgement['evidence'] = {}): Judgement {
  return { verdict: 'unknown', resource, summary, evidence };
}

/** What to do, and how much it presses. */
function press(verdict: QuotaUse['verdict'], critical: 'hours' | 'days'): Pick<Judgement, 'timeToImpact' | 'remediation'> {
  if (verdict !== 'warning' && verdict !== 'critical') return {};
  return { timeToImpact: verdict === 'critical' ? critical : 'days', remediation: 'request-quota-increase' };
}

export function interfacesFinding(region: string, quota: ServiceQuota, thresholds: QuotaThresholds): Judgement {
  const { value, used, usedIsLowerBound = false, usedUnread } = quota;
  const resource = quotaOf(QUOTAS.interfaces);
  if (used === undefined)
    return unknownQuota(
      resource,
      `How many of ${value} interfaces ${region} has was not counted: ${asClause(usedUnread ?? 'nothing says why')}.`,
      {
        quota: value,
      },
    );
  const { verdict, usedPercent } = quotaUse(used, usedIsLowerBound, value, thresholds);
  return {
    verdict,
    resource,
    summary: `The account has ${usedIsLowerBound ? 'more than ' : ''}${used} of ${value} interfaces in ${region} (${usedPercent} %)${usedIsLowerBound ? '; they are too many to be counted' : ''}.`,
    evidence: { quota: value, used, usedPercent, usedIsLowerBound },
    ...press(verdict, 'hours'),
  };
}

const KINDS: Readonly<Record<RuleKind, string>> = {
  inboundIpv4: 'inbound IPv4 rules',
  inboundIpv6: 'inbound IPv6 rules',
  outboundIpv4: 'outbound IPv4 rules',
  outboundIpv6: 'outbound IPv6 rules',
};

export function groupFinding(
  groupId: string,
  group: SecurityGroup | undefined,
  rules: readonly SecurityGroupRule[],
  prefixLists: ReadonlyMap<string, PrefixList>,
  { value }: ServiceQuota,
  thresholds: QuotaThresholds,
): Judgement {
  const { counts, fullest, unsizedPrefixLists } = ruleCounts(rules, prefixLists);
  const used = counts[fullest];
  const usedIsLowerBound = unsizedPrefixLists.length > 0;
  const { verdict, usedPercent } = quotaUse(used, usedIsLowerBound, value, thresholds);
  const lists = unsizedPrefixLists.map((id) => `${id} (${entries(prefixLists.get(id))})`);
  return {
    verdict,
    resource: { kind: 'security-group', id: groupId, ...(group && { name: group.groupName }) },
    summary: `${groupId} has ${usedIsLowerBound ? 'at least ' : ''}${used} of ${value} ${KINDS[fullest]} (${usedPercent} %)${usedIsLowerBound ? `; what the prefix lists count for is not known: ${lists.join(', ')}` : ''}.`,
    evidence: {
      quota: value,
      used,
      usedPercent,
      usedIsLowerBound,
      fullest,
      counts: { ...counts },
      unsizedPrefixLists: [...unsizedPrefixLists],
    },
    ...press(verdict, 'days'),
  };
}

function entries(list: PrefixList | undefined): string {
  return list?.cidrs === undefined ? 'not read' : `${list.cidrs.length} entries`;
}

/** On the interface with the most groups: which one it is may change from run to run, so the finding is on the quota. */
export function interfaceGroupsFinding(
  interfaces: readonly NetworkInterface[],
  { value }: ServiceQuota,
  thresholds: QuotaThresholds,
): Judgement {
  const used = interfaces.reduce((most, { groups }) => Math.max(most, groups.length), 0);
  const worst = interfaces.filter(({ groups }) => groups.length === used);
  const { verdict, usedPercent } = quotaUse(used, false, value, thresholds);
  const eniId = worst[0]?.networkInterfaceId ?? null;
  return {
    verdict,
    resource: quotaOf(QUOTAS.groups),
    summary:
      eniId === null
        ? 'No interface of this cluster was seen.'
        : `At most ${used} of ${value} security groups (${usedPercent} %) are on an interface of this cluster: on ${plural(worst.length, 'interface')}, as ${eniId}.`,
    evidence: { quota: value, used, usedPercent, eniId, interfaces: worst.length, groups: [...(worst[0]?.groups ?? [])] },
    ...press(verdict, 'days'),
  };
}
