import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { GrantedResource } from '#infra/constructs/policy.ts';
import type { Config } from '#lib/config/config.ts';
import { roleIn } from '#lib/discover/sources.ts';

/**
 * The roles of other accounts that the hub may assume: exactly those of the configuration that it is deployed with, and of an
 * organization the role of that name in its own accounts alone. Without a configuration, which is then found at run time, roles whose
 * names begin with `cniwatch-`.
 * Source: IAM User Guide, "AWS global condition context keys", aws:ResourceOrgID.
 */
export function memberRoles(scope: Construct, config: Pick<Config, 'accounts' | 'organization'>): readonly GrantedResource[] {
  const { accounts, organization } = config;
  const named = accounts.flatMap(({ id, role, regions }) =>
    role === undefined ? [] : [roleIn(id, regions, role, undefined).arn],
  );
  const own = named.length === 0 ? [] : [{ arns: [...new Set(named)].sort() }];
  if (organization === undefined) return own.length > 0 ? own : [{ arns: [inAnyAccount(scope, 'cniwatch-*')] }];
  const conditions = { 'aws:ResourceOrgID': `\${aws:PrincipalOrgID}` };
  return [...own, { arns: [inAnyAccount(scope, organization.role)], conditions }];
}

function inAnyAccount(scope: Construct, role: string): string {
  return Stack.of(scope).formatArn({ service: 'iam', region: '', account: '*', resource: `role/${role.replace(/^\//, '')}` });
}
