import * as z from 'zod';
import {
  groupFinding,
  interfaceGroupsFinding,
  interfacesFinding,
  QUOTAS,
  quotaOf,
  unknownQuota,
} from '#lib/checks/subnet/quota-findings.ts';
import { type CheckContext, defineCheck } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { ServiceQuota } from '#lib/model/service-quota.ts';
import { dataOf } from '#lib/model/slice.ts';
import { attributionsIn } from '#lib/network/attributions-in.ts';
import { clusterGroups, clusterInterfaces } from '#lib/network/cluster-interfaces.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';
import type { QuotaThresholds } from '#lib/network/quota-use.ts';

const OPTIONAL = [
  'networkInterfaces',
  'securityGroupRules',
  'securityGroups',
  'prefixLists',
  'nodes',
  'pods',
  'instances',
  'eniConfigs',
  'securityGroupPolicies',
] as const;

export const check = defineCheck({
  id: 'eni-quota',
  title: 'Quotas of interfaces and security groups',
  area: 'subnet',
  severity: 'critical',
  inputs: ['cluster', 'serviceQuotas'],
  optional: OPTIONAL,
  options: z.object({
    warningPercent: z.number().min(0).max(100).default(80).describe('used share of a quota that is a warning, in percent'),
    criticalPercent: z.number().min(0).max(100).default(95).describe('used share of a quota that is critical, in percent'),
  }),
  metrics: [],
  docs: {
    question:
      "How close are the account's interfaces in this Region, the rules of this cluster's security groups, and the groups on its interfaces to their quotas? At the first, no node and no branch interface can be made, whatever the subnets have free; at the others, no controller can add a rule or a group.",
    verdicts: {
      warning: 'at least `warningPercent` of a quota',
      critical: 'at least `criticalPercent` of a quota',
      unknown:
        'something was not read or not counted; or a count is a lower bound below `criticalPercent`: more interfaces than are counted, or rules that name a prefix list, whose size in the quota does not show in its entries',
    },
    evidence: {
      quota: 'the quota as applied in this account and Region',
      used: 'what is used of it; of a security group, the most of its four counts; of groups per interface, the most on one',
      usedPercent: 'used share, in percent',
      usedIsLowerBound: 'whether more may be used',
      fullest: 'which of `counts` is the largest',
      counts: 'rules per direction and IP family; a rule that names a group counts in both families',
      unsizedPrefixLists:
        'prefix lists that its rules name, each of which counts for an unknown number of rules, and here for one',
      eniId: 'an interface with the most groups; null where none of this cluster was seen',
      interfaces: 'how many interfaces have as many',
      groups: 'the groups of `eniId`',
    },
    sources: [
      'Amazon VPC User Guide, "Amazon VPC quotas" (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html)',
      'Amazon VPC User Guide, "AWS-managed prefix lists" (weights)',
    ],
  },
  remediations: ['request-quota-increase'],
  evaluate(context) {
    const { inputs, target, options } = context;
    const byCode = new Map(inputs.serviceQuotas.map((quota) => [quota.quotaCode, quota]));
    const judge = (of: (typeof QUOTAS)[keyof typeof QUOTAS], findings: (quota: ServiceQuota) => readonly Judgement[]) => {
      const quota = byCode.get(of.code);
      return quota === undefined
        ? [unknownQuota(quotaOf(of), `The quota ${of.name} (${of.code}) was not among those read.`)]
        : findings(quota);
    };
    return {
      findings: [
        ...judge(QUOTAS.interfaces, (quota) => [interfacesFinding(target.region, quota, options)]),
        ...judge(QUOTAS.rules, (quota) => ruleFindings(context, quota)),
        ...judge(QUOTAS.groups, (quota) => interfaceFindings(context, quota)),
      ],
      metrics: [],
    };
  },
});

type Context = CheckContext<'cluster' | 'serviceQuotas', (typeof OPTIONAL)[number], QuotaThresholds>;

/** This cluster's interfaces, or why it is not known which they are. */
function ownInterfaces({ inputs, optional, now }: Context) {
  const { networkInterfaces, nodes, instances, pods } = optional;
  if (!networkInterfaces.ok) return `the interfaces were not read: ${asClause(networkInterfaces.reason)}`;
  if (!nodes.ok && !instances.ok) return `neither nodes nor instances were read: ${asClause(instances.reason)}`;
  const { name } = inputs.cluster;
  const { identity } = nodeInventory(name, dataOf(nodes), dataOf(instances), networkInterfaces.data, dataOf(pods));
  const attributions = attributionsIn(networkInterfaces.data, identity, now.getTime(), LEAKED_AFTER_MINUTES);
  return clusterInterfaces(name, networkInterfaces.data, attributions);
}

function ruleFindings(context: Context, quota: ServiceQuota): readonly Judgement[] {
  const { inputs, optional, options } = context;
  const { securityGroupRules, eniConfigs, securityGroupPolicies } = optional;
  const own = ownInterfaces(context);
  const gap =
    typeof own === 'string'
      ? own
      : securityGroupRules.ok
        ? undefined
        : `their rules were not read: ${asClause(securityGroupRules.reason)}`;
  if (typeof own === 'string' || !securityGroupRules.ok)
    return [unknownQuota(quotaOf(QUOTAS.rules), `How many rules the security groups of this cluster have is not known: ${gap}.`)];
  const rules = Map.groupBy(securityGroupRules.data, ({ groupId }) => groupId);
  const named = new Map((dataOf(optional.securityGroups) ?? []).map((group) => [group.groupId, group]));
  const lists = new Map((dataOf(optional.prefixLists) ?? []).map((list) => [list.prefixListId, list]));
  const groups = clusterGroups(inputs.cluster, own, dataOf(eniConfigs) ?? [], dataOf(securityGroupPolicies) ?? []);
  return [...groups].map((id) => groupFinding(id, named.get(id), rules.get(id) ?? [], lists, quota, options));
}

function interfaceFindings(context: Context, quota: ServiceQuota): readonly Judgement[] {
  const own = ownInterfaces(context);
  return typeof own === 'string'
    ? [unknownQuota(quotaOf(QUOTAS.groups), `How many groups the interfaces of this cluster carry is not known: ${own}.`)]
    : [interfaceGroupsFinding(own, quota, context.options)];
}
