import { randomUUID } from 'node:crypto';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { securityGroupRuleElement } from '#lib/sandbox/ec2-elements.ts';
import type { Ec2Query } from '#lib/sandbox/ec2-query.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import type { WorldSecurityGroupRule } from '#lib/sandbox/world.ts';
import { demanded, type Ec2Write, newTags } from '#lib/sandbox/writes/ec2-write.ts';
import { type AskedRule, askedRules, sameRule, spoken } from '#lib/sandbox/writes/rule-permissions.ts';

/** Of one direction, unless the quota was raised. Source: Amazon VPC User Guide, "Amazon VPC quotas". */
const USUAL_RULES = 60;
const RULES_QUOTA = 'L-0EA8095F';

/** Rules come all or none. Source: Amazon EC2 API Reference, AuthorizeSecurityGroupIngress and AuthorizeSecurityGroupEgress. */
export function authorizeRules(isEgress: boolean): Ec2Write {
  return (live, query) => {
    const groupId = knownGroup(live, demanded(query, 'GroupId'));
    const tags = newTags(query, 'security-group-rule');
    const asked = demandedRules(live, query);
    const present = rulesOf(live, groupId, isEgress);
    const twice = asked.find((rule, at) => [...present, ...asked.slice(0, at)].some((other) => sameRule(rule, other)));
    if (twice !== undefined)
      throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${spoken(twice)}, ALLOW" already exists`);
    const most = live.world.quotas[RULES_QUOTA] ?? USUAL_RULES;
    if (present.length + asked.length > most)
      throw new AwsError(
        'RulesPerSecurityGroupLimitExceeded',
        `The maximum number of rules per security group has been reached: ${most}.`,
      );
    const rules = asked.map(
      (rule): WorldSecurityGroupRule => ({
        securityGroupRuleId: `sgr-${randomUUID().replaceAll('-', '').slice(0, 17)}`,
        groupId,
        isEgress,
        ...rule,
        ...(Object.keys(tags).length === 0 ? {} : { tags }),
      }),
    );
    live.edit(({ securityGroupRules }) => ({ securityGroupRules: [...securityGroupRules, ...rules] }));
    return { return: true, securityGroupRuleSet: rules.map(securityGroupRuleElement) };
  };
}

/** By the rules' ids or by what they permit. Source: Amazon EC2 API Reference, RevokeSecurityGroupIngress and -Egress. */
export function revokeRules(isEgress: boolean): Ec2Write {
  return (live, query) => {
    const groupId = knownGroup(live, demanded(query, 'GroupId'));
    const present = rulesOf(live, groupId, isEgress);
    const ids = query.list('SecurityGroupRuleId');
    const revoked =
      ids.length > 0
        ? ids.map((id) =>
            found(
              present.find(({ securityGroupRuleId }) => securityGroupRuleId === id),
              'InvalidSecurityGroupRuleId.NotFound',
              `The security group rule ID '${id}' does not exist`,
            ),
          )
        : demandedRules(live, query).map((asked) =>
            found(
              present.find((rule) => sameRule(rule, asked)),
              'InvalidPermission.NotFound',
              'The specified rule does not exist in this security group.',
            ),
          );
    live.edit(({ securityGroupRules }) => ({
      securityGroupRules: securityGroupRules.filter((rule) => !revoked.includes(rule)),
    }));
    return { return: true, revokedSecurityGroupRuleSet: revoked.map(securityGroupRuleElement) };
  };
}

function demandedRules(live: LiveWorld, query: Ec2Query): readonly AskedRule[] {
  const asked = askedRules(query, live.world.account);
  if (asked.length === 0) throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions');
  for (const { referencedGroup } of asked) if (referencedGroup !== undefined) knownGroup(live, referencedGroup.groupId);
  return asked;
}

function rulesOf({ world }: LiveWorld, groupId: string, isEgress: boolean): readonly WorldSecurityGroupRule[] {
  return world.securityGroupRules.filter((rule) => rule.groupId === groupId && rule.isEgress === isEgress);
}

function knownGroup({ world }: LiveWorld, id: string): string {
  const group = world.securityGroups.find(({ groupId }) => groupId === id);
  return found(group, 'InvalidGroup.NotFound', `The security group '${id}' does not exist`).groupId;
}

function found<T>(value: T | undefined, code: string, message: string): T {
  if (value === undefined) throw new AwsError(code, message);
  return value;
}
