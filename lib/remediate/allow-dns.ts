import * as z from 'zod';
import { type DraftOutcome, defineRemediation, type PlanContext, type Precondition, refused } from '#lib/model/remediation.ts';
import type { RemediationPlan } from '#lib/model/remediation-plan.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { identityOf } from '#lib/model/target.ts';
import {
  authorize,
  presentRuleText,
  revoke,
  rulesSource,
  ruleText,
  type WantedRule,
  wantedRules,
} from '#lib/remediate/dns/missing-rule.ts';
import { ownerOf, ownerOfAll } from '#lib/remediate/owners.ts';
import { holding, unplannable } from '#lib/remediate/precondition.ts';
import { readSlices } from '#lib/remediate/unread.ts';

const options = z.object({
  deadlineMinutes: z.number().int().min(1).max(60).default(10).describe('how long until pods have to reach DNS'),
});

export const remediation = defineRemediation({
  id: 'allow-dns',
  title: 'Let pods reach CoreDNS through security groups',
  fixes: ['dns-security-groups'],
  risk: 'low',
  approvals: 1,
  permissions: {
    aws: [
      'AuthorizeSecurityGroupIngress',
      'AuthorizeSecurityGroupEgress',
      'RevokeSecurityGroupIngress',
      'RevokeSecurityGroupEgress',
      'CreateTags',
    ].map((action) => ({ action: `ec2:${action}`, resource: '*' as const })),
    kubernetes: [],
  },
  options,
  docs: {
    what: 'Adds exactly the rules that the finding names as `missingRule` and `furtherRules`: of one protocol and port, from or to the narrowest peer, described and tagged as made by cniwatch. It takes no rule away and widens none. Its rollback removes the rules that it made, by their ids.',
    preconditions: {
      'group-seen': 'the security group was read, and belongs to the account of the cluster',
      'rule-missing': 'no such rule is there',
    },
    sources: [
      'Amazon EKS User Guide, "View Amazon EKS security group requirements for clusters"',
      'Amazon EC2 API Reference, AuthorizeSecurityGroupIngress',
    ],
  },
  draft,
  preflight,
});

function draft({ snapshot, findings, options: chosen, now }: PlanContext<z.output<typeof options>>): DraftOutcome {
  const read = readSlices(snapshot, ['securityGroups', 'securityGroupRules']);
  if ('refusals' in read) return { kind: 'refused', refusals: read.refusals };
  const rules = wantedRules(findings);
  if (rules === undefined)
    return refused(
      'The evidence of the finding names no rule as this version does.',
      'Check the cluster again with this cniwatch, and plan from that.',
    );
  const lacking = rules.filter(
    (rule) => !read.data.securityGroupRules.some((present) => presentRuleText(present) === ruleText(rule)),
  );
  const [first, ...others] = lacking;
  if (first === undefined)
    return refused(
      rules.length === 0 ? 'No security group rule would close the gap.' : 'The rules that were missing are there by now.',
      'cniwatch check --check dns-security-groups,dns-network-acls,dns-network-policy says what stands in the way.',
    );
  const idOf = (rule: WantedRule) => `allow-${1 + lacking.indexOf(rule)}`;
  const ownerOfGroup = ({ groupId }: WantedRule) =>
    ownerOf({
      of: `security group ${groupId}`,
      tags: read.data.securityGroups.find((group) => group.groupId === groupId)?.tags,
    });
  const owner = ownerOfAll([ownerOfGroup(first), ...others.map(ownerOfGroup)]);
  return {
    kind: 'drafted',
    draft: {
      remediation: 'allow-dns',
      target: identityOf(snapshot.target),
      summary: `Allows ${lacking.map(ruleText).join('; ')}.`,
      findings: findings.map(({ fingerprint }) => fingerprint),
      createdAt: now.toISOString(),
      snapshotTakenAt: snapshot.takenAt,
      steps: [authorize(first, idOf(first)), ...others.map((rule) => authorize(rule, idOf(rule)))],
      changes: lacking.map((rule) => ({
        of: `security group ${rule.groupId}`,
        field: rule.direction,
        before: null,
        after: ruleText(rule),
      })),
      rollback: lacking.toReversed().map((rule) => revoke(rule, idOf(rule))),
      gain: blockedPods(findings),
      risk: 'low',
      approvals: 1,
      auto:
        owner.kind === 'none'
          ? { allowed: true }
          : { allowed: false, reason: 'the security group has an owner that may undo it, or none can be told' },
      irreversible: [],
      verification: {
        holds: ['The finding is resolved: the pods reach every CoreDNS endpoint through the security groups.'],
        deadlineSeconds: 60 * chosen.deadlineMinutes,
      },
      owner,
      ...(owner.kind === 'owned' && { sourcePatch: rulesSource(lacking) }),
      advice: [],
      warnings: ['Network ACLs and network policies are not changed: where they block DNS too, the finding of those stays.'],
    },
  };
}

function blockedPods(findings: PlanContext<unknown>['findings']): RemediationPlan['gain'] {
  const blocked = findings.map(({ evidence }) => evidence['podsBlocked']);
  if (!blocked.every((count) => typeof count === 'number')) return null;
  return { what: 'pods that reach no CoreDNS endpoint', before: blocked.reduce((sum, count) => sum + count, 0), after: 0 };
}

function preflight(snapshot: Snapshot, plan: RemediationPlan): readonly Precondition[] {
  const read = readSlices(snapshot, ['securityGroups', 'securityGroupRules']);
  if ('refusals' in read) return unplannable(read.refusals);
  const calls = plan.steps.filter((step) => step.kind === 'aws');
  const groupIds = [...new Set(calls.map(({ parameters }) => String(parameters['GroupId'])))];
  return [
    ...groupIds.map((groupId): Precondition => {
      const group = read.data.securityGroups.find((each) => each.groupId === groupId);
      const foreign = group?.ownerId !== undefined && group.ownerId !== snapshot.target.account;
      return {
        name: 'group-seen',
        resource: groupId,
        holds: group === undefined ? 'unknown' : holding(!foreign),
        value:
          group === undefined
            ? 'it was not among those read'
            : `${group.groupName} of account ${group.ownerId ?? snapshot.target.account}`,
        wanted: `it was read, and belongs to account ${snapshot.target.account}`,
        remedy: foreign
          ? "Ask the owner of the shared VPC to add the rule: the plan's calls say which."
          : 'Grant ec2:DescribeSecurityGroups, and plan again.',
      };
    }),
    ...plan.changes.map(({ of, after }): Precondition => {
      const there = read.data.securityGroupRules.some((rule) => presentRuleText(rule) === after);
      return {
        name: 'rule-missing',
        resource: String(after),
        holds: holding(!there),
        value: there ? `it is in ${of} by now` : 'it is not there',
        wanted: 'no such rule is there yet',
        remedy: 'Plan again: what is left may be another rule.',
      };
    }),
  ];
}
