import {
  Aws,
  CfnOutput,
  CfnParameter,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { AccountPrincipal, Policy, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { memberGrants, policyStatements, whyWildcard } from '#infra/constructs/policy.ts';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DISCOVER_PERMISSIONS } from '#lib/discover/discover.ts';

/**
 * What a further account needs: one role that reads, for the hub to assume. A plain template, without assets and without the CDK's
 * bootstrapping, so that a StackSet or anybody else can deploy it.
 */
export class MemberStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, { ...props, synthesizer: new LegacyStackSynthesizer() as IStackSynthesizer, analyticsReporting: false });
    const hubAccount = parameter(this, 'HubAccountId', {
      description: 'The account that cniwatch is deployed to',
      allowedPattern: '\\d{12}',
      constraintDescription: 'twelve digits',
    });
    const externalId = parameter(this, 'ExternalId', {
      description: 'What cniwatch.yaml gives as externalId for this account',
      allowedPattern: '[\\w+=,.@:/-]{2,1224}',
      constraintDescription: '2 to 1,224 letters, digits and +=,.@:/-_',
    });
    const roleName = parameter(this, 'RoleName', {
      description: 'What cniwatch.yaml names as role',
      default: 'cniwatch-reader',
      allowedPattern: '[\\w+=,.@-]{1,64}',
    });
    const hubRoles = parameter(this, 'HubRoles', {
      description: "Names of the hub's roles that may enter, with * for any characters: they begin with the name of its stack",
      default: 'CniwatchHub-*',
      allowedPattern: '[\\w+=,.@*-]{1,64}',
    });
    const role = new Role(this, 'Reader', {
      roleName,
      description: 'What cniwatch reads of this account, and nothing else',
      // The account, narrowed to roles of the hub by their names: a role that is named itself, and made anew, would not be let in any more.
      assumedBy: new AccountPrincipal(hubAccount).withConditions({
        StringEquals: { 'sts:ExternalId': externalId },
        ArnLike: { 'aws:PrincipalArn': `arn:${Aws.PARTITION}:iam::${hubAccount}:role/${hubRoles}` },
      }),
    });
    const statements = policyStatements([DISCOVER_PERMISSIONS, READ_PERMISSIONS], memberGrants(this));
    const policy = new Policy(this, 'Reads', { statements, roles: [role] });
    acknowledgeWildcards(policy, statements, whyWildcard);
    new CfnOutput(this, 'ReaderRoleArn', { value: role.roleArn, description: 'Give this role an access entry in every cluster' });
  }
}

function parameter(scope: Construct, id: string, props: ConstructorParameters<typeof CfnParameter>[2]): string {
  return new CfnParameter(scope, id, props).valueAsString;
}
