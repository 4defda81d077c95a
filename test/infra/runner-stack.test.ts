import { expect, test } from 'vitest';
import { resolved, resourcesOf, type Template } from '#test/infra/synthesised-hub.ts';
import { aRunner, synthesisedRunner, VPC } from '#test/infra/synthesised-runner.ts';

const properties = (template: Template, type: string) =>
  resourcesOf(template, type).map(([, { Properties }]) => resolved(Properties));

test('a runner of the account of the hub has a name that is found, its subnets, and HTTPS alone', () => {
  const template = synthesisedRunner([aRunner()]);
  expect(properties(template, 'AWS::Lambda::Function')).toMatchObject([
    {
      FunctionName: `cniwatch-runner-${VPC}`,
      VpcConfig: { SubnetIds: ['subnet-0a1b2c3d'], SecurityGroupIds: [expect.anything()] },
    },
  ]);
  expect(properties(template, 'AWS::EC2::SecurityGroup')).toMatchObject([
    {
      VpcId: VPC,
      SecurityGroupEgress: [
        { FromPort: 443, ToPort: 443 },
        { FromPort: 443, ToPort: 443 },
      ],
    },
  ]);
  expect(properties(template, 'AWS::IAM::Role')).toMatchObject([{ RoleName: `cniwatch-runner-${VPC}` }]);
});

test('a runner of another account writes by the role of the hub, and is invoked by a role of its own', () => {
  const template = synthesisedRunner([aRunner({ account: '444455556666', securityGroups: ['sg-0a1b2c3d'] })]);
  const names = properties(template, 'AWS::IAM::Role').map((role) => (role as { RoleName: string }).RoleName);
  expect(names.sort()).toEqual([`cniwatch-runner-invoke-${VPC}`, `cniwatch-runner-${VPC}`].sort());
  expect(JSON.stringify(properties(template, 'AWS::IAM::Policy'))).not.toMatch(/s3:|dynamodb:|events:/);
  expect(properties(template, 'AWS::Lambda::Function')).toMatchObject([
    { Environment: { Variables: { CNIWATCH_HUB_ROLE: 'arn:aws:iam::HubAccountId:role/cniwatch-runner-writer' } } },
  ]);
  expect(properties(template, 'AWS::EC2::SecurityGroup')).toEqual([]);
});

test.each([
  ['the hub is elsewhere', [aRunner()], 'us-east-1'],
  ['they are of two Regions', [aRunner(), aRunner({ vpc: 'vpc-0d0d0d0d', region: 'us-east-1' })], undefined],
])('runners are refused where %s, in words', (_, runners, hubRegion) => {
  expect(() => synthesisedRunner(runners, hubRegion)).toThrow(/the runner of vpc-.* functions of its own Region only/);
});
