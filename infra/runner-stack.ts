import { Aws, CfnOutput, CfnParameter, CfnRule, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, Effect, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { READER_PERMISSIONS, WRITER_PERMISSIONS } from '#infra/constructs/checker-permissions.ts';
import { PipelineFunction } from '#infra/constructs/pipeline-function.ts';
import type { HubResources } from '#infra/constructs/policy.ts';
import { RUNNER_WRITER } from '#infra/constructs/runner-writer.ts';
import type { Runner } from '#lib/config/runners.ts';
import { runnerInvokerName, runnerName } from '#lib/discover/runner.ts';

export interface RunnerStackProps extends StackProps {
  readonly runner: Runner;
  /** The folder of check-cluster's bundle. */
  readonly bundle: string;
}

/** check-cluster inside a VPC, for clusters whose API servers the hub cannot reach. What the hub is, its outputs say. */
export class RunnerStack extends Stack {
  constructor(scope: Construct, id: string, { runner, bundle, ...props }: RunnerStackProps) {
    super(scope, id, props);
    const { vpc, region, subnets, securityGroups, account } = runner;
    const parameter = (name: string, description: string, given?: string) =>
      new CfnParameter(this, name, { description, ...(given === undefined ? {} : { default: given }) }).valueAsString;
    const hubAccount = parameter('HubAccountId', 'The account that cniwatch is deployed to');
    const hub: HubResources = {
      bucket: Bucket.fromBucketName(this, 'HubBucket', parameter('HubBucketName', "The hub's output BucketName")),
      table: Table.fromTableName(this, 'HubTable', parameter('HubTableName', "The hub's output StateTableName")),
      bus: EventBus.fromEventBusName(
        this,
        'HubBus',
        parameter('HubEventBusName', 'Its name: the last part of EventBusArn'),
      ) as IEventBus,
      memberRoles: [],
    };
    new CfnRule(this, 'HubRegion', {
      assertions: [
        {
          assert: Fn.conditionEquals(Aws.REGION, region),
          assertDescription: `The runner of ${vpc} belongs into ${region}, the Region of its VPC and of the hub`,
        },
      ],
    });
    const functionName = runnerName(vpc);
    const functionArn = this.formatArn({ service: 'lambda', resource: `function:${functionName}` });
    const writer = `arn:${Aws.PARTITION}:iam::${hubAccount}:role/${RUNNER_WRITER}`;
    const elsewhere = account !== undefined;
    const checker = new PipelineFunction(this, 'Runner', {
      name: 'check-cluster',
      description: `cniwatch: checks clusters inside ${vpc}`,
      bundle,
      hub,
      memoryMiB: 1024,
      timeout: Duration.minutes(15),
      permissions: elsewhere ? READER_PERMISSIONS : [...READER_PERMISSIONS, ...WRITER_PERMISSIONS],
      named: functionName,
      statements: [...interfaceStatements(functionArn), ...(elsewhere ? [assuming(writer)] : [])],
      environment: { CNIWATCH_ACCOUNT: hubAccount, ...(elsewhere ? { CNIWATCH_HUB_ROLE: writer } : {}) },
    });
    const own = securityGroups ?? [securityGroup(this, vpc)];
    const resource = checker.lambda.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...subnets], securityGroupIds: [...own] };
    if (elsewhere)
      invoker(this, {
        vpc,
        functionArn,
        hubAccount,
        hubRoles: parameter('HubRoles', "Names of the hub's roles", 'CniwatchHub-*'),
      });
    const output = (name: string, value: string, description: string) => new CfnOutput(this, name, { value, description });
    output('ReaderRoleArn', checker.role.roleArn, 'Give this role an access entry in the clusters of this VPC');
    output('SecurityGroups', own.join(','), 'Let these reach TCP 443 of the security groups of the clusters');
  }
}

/** Outgoing HTTPS alone: to API servers and to AWS. The VPC's resolver is not subject to security groups. */
function securityGroup(scope: Construct, vpcId: string): string {
  const https = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
  return new CfnSecurityGroup(scope, 'SecurityGroup', {
    groupDescription: 'cniwatch runner: HTTPS to API servers and to AWS',
    vpcId,
    securityGroupEgress: [
      { ...https, cidrIp: '0.0.0.0/0' },
      { ...https, cidrIpv6: '::/0' },
    ],
  }).attrGroupId;
}

/**
 * Lambda makes the function's interfaces with the function's role; the code itself may not.
 * Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
 */
function interfaceStatements(functionArn: string): PolicyStatement[] {
  const writes = ['CreateNetworkInterface', 'DeleteNetworkInterface', 'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'];
  const actions = writes.map((action) => `ec2:${action}`);
  const conditions = { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } };
  return [
    new PolicyStatement({ actions: [...actions, 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*'] }),
    new PolicyStatement({ effect: Effect.DENY, actions, resources: ['*'], conditions }),
  ];
}

const assuming = (role: string) => new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] });

/** By which the state machine of the hub invokes the function from its own account. */
function invoker(
  scope: Construct,
  { vpc, functionArn, hubAccount, hubRoles }: { vpc: string; functionArn: string; hubAccount: string; hubRoles: string },
): void {
  const machine = `arn:${Aws.PARTITION}:iam::${hubAccount}:role/${hubRoles}`;
  const role = new Role(scope, 'Invoker', {
    roleName: runnerInvokerName(vpc),
    description: "Invokes cniwatch's runner, and nothing else",
    assumedBy: new AccountPrincipal(hubAccount).withConditions({ ArnLike: { 'aws:PrincipalArn': machine } }),
  });
  const statement = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] });
  new Policy(scope, 'Invokes', { statements: [statement], roles: [role] });
}
