import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, CompositePrincipal, Policy, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { WRITER_PERMISSIONS } from '#infra/constructs/checker-permissions.ts';
import { type HubResources, hubGrants, policyStatements, whyWildcard } from '#infra/constructs/policy.ts';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';

/** In the hub: what runners of other accounts assume to write what they saw. */
export const RUNNER_WRITER = 'cniwatch-runner-writer';

/** Lets runners of these accounts in, by the names of their roles: a role cannot be named before it is made. */
export function runnerWriter(scope: Construct, hub: HubResources, accounts: readonly string[]): Role {
  const trusted = accounts.map((account) => {
    const runners = Stack.of(scope).formatArn({ service: 'iam', region: '', account, resource: 'role/cniwatch-runner-vpc-*' });
    return new AccountPrincipal(account).withConditions({ ArnLike: { 'aws:PrincipalArn': runners } });
  });
  const role = new Role(scope, 'RunnerWriter', {
    roleName: RUNNER_WRITER,
    description: 'What runners of other accounts write to the hub, and nothing else',
    assumedBy: new CompositePrincipal(...trusted),
  });
  const statements = policyStatements(WRITER_PERMISSIONS, hubGrants(scope, hub));
  const policy = new Policy(scope, 'RunnerWrites', { statements, roles: [role] });
  acknowledgeWildcards(policy, statements, whyWildcard);
  return role;
}
