import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, expect, test } from 'vitest';
import { runnerStacks } from '#infra/constructs/runners.ts';
import type { Runner } from '#lib/config/runners.ts';
import { resolved, resourcesOf, type Template } from '#test/infra/synthesised-hub.ts';

const folder = mkdtempSync(join(tmpdir(), 'cniwatch-runner-'));
afterAll(() => rmSync(folder, { recursive: true }));
const VPC = 'vpc-0a1b2c3d4e5f67890';
const runner = (over: Partial<Runner> = {}): Runner => ({ vpc: VPC, region: 'eu-west-1', subnets: ['subnet-0a1b2c3d'], ...over });

function synthesised(runners: readonly Runner[], hubRegion?: string): Template {
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, 'index.mjs'), '// runner');
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ outdir: mkdtempSync(join(folder, 'cdk.out-')), context });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const [stack] = runnerStacks(app, { runners, bundle, hubRegion });
  return app.synth().getStackByName(stack?.stackName ?? '').template;
}
const properties = (template: Template, type: string) =>
  resourcesOf(template, type).map(([, { Properties }]) => resolved(Properties));

test('a runner of the account of the hub has a name that is found, its subnets, and HTTPS alone', () => {
  const template = synthesised([runner()]);
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
  const template = synthesised([runner({ account: '444455556666', securityGroups: ['sg-0a1b2c3d'] })]);
  const names = properties(template, 'AWS::IAM::Role').map((role) => (role as { RoleName: string }).RoleName);
  expect(names.sort()).toEqual([`cniwatch-runner-invoke-${VPC}`, `cniwatch-runner-${VPC}`].sort());
  expect(JSON.stringify(properties(template, 'AWS::IAM::Policy'))).not.toMatch(/s3:|dynamodb:|events:/);
  expect(properties(template, 'AWS::Lambda::Function')).toMatchObject([
    { Environment: { Variables: { CNIWATCH_HUB_ROLE: 'arn:aws:iam::HubAccountId:role/cniwatch-runner-writer' } } },
  ]);
  expect(properties(template, 'AWS::EC2::SecurityGroup')).toEqual([]);
});

test.each([
  ['the hub is elsewhere', [runner()], 'us-east-1'],
  ['they are of two Regions', [runner(), runner({ vpc: 'vpc-0d0d0d0d', region: 'us-east-1' })], undefined],
])('runners are refused where %s, in words', (_, runners, hubRegion) => {
  expect(() => synthesised(runners, hubRegion)).toThrow(/the runner of vpc-.* functions of its own Region only/);
});
