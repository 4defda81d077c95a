import { expect, test } from 'vitest';
import { roleFrom, withRunner } from '#lib/discover/runner.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';

const [HUB, PAY] = ['111122223333', '444455556666'];
const ROLE = { arn: `arn:aws:iam::${PAY}:role/cniwatch-reader` };
const target = (account = HUB, region = 'eu-west-1', role?: Target['role']): Target => ({
  account,
  region,
  name: 'shop',
  arn: clusterArn(account, region, 'shop'),
  ...(role && { role }),
});
const runners = {
  hub: { account: HUB, region: 'eu-west-1' },
  entries: [
    { vpc: 'vpc-0a1b2c3d', region: 'eu-west-1' },
    { vpc: 'vpc-0e0e0e0e', region: 'eu-west-1', account: PAY },
    { vpc: 'vpc-0d0d0d0d', region: 'us-east-1' },
  ],
};
const vpc = (vpcId: string, endpointPublicAccess?: boolean, publicAccessCidrs?: string[]) => ({
  resourcesVpcConfig: {
    vpcId,
    ...(endpointPublicAccess === undefined ? {} : { endpointPublicAccess }),
    ...(publicAccessCidrs && { publicAccessCidrs }),
  },
});
const HERE = 'arn:aws:lambda:eu-west-1:111122223333:function:cniwatch-runner-vpc-0a1b2c3d';

test.each<[string, Parameters<typeof withRunner>[1], string | undefined]>([
  ['private', vpc('vpc-0a1b2c3d', false), HERE],
  ['public to some networks', vpc('vpc-0a1b2c3d', true, ['203.0.113.0/24']), HERE],
  ['public to everybody', vpc('vpc-0a1b2c3d', true, ['203.0.113.0/24', '0.0.0.0/0']), undefined],
  ['public, as by default', vpc('vpc-0a1b2c3d'), undefined],
  ['private, in a VPC without a runner', vpc('vpc-0f0f0f0f', false), undefined],
  ['not described', undefined, undefined],
])('a cluster whose endpoint is %s has the runner %s', (_, cluster, functionArn) => {
  expect(withRunner(target(), cluster, runners).runner?.functionArn).toBe(functionArn);
});

const PAY_RUNNER = 'cniwatch-runner-vpc-0e0e0e0e';
const HUB_FUNCTION = 'CniwatchHub-CheckCluster0A1B2C3D-xYz';

test('a runner of another account is invoked by a role there; it needs none to read, and the hub in its place does', () => {
  const marked = withRunner(target(PAY, 'eu-west-1', ROLE), vpc('vpc-0e0e0e0e', false), runners);
  expect(marked).toEqual({
    ...target(PAY, 'eu-west-1', ROLE),
    runner: {
      functionArn: `arn:aws:lambda:eu-west-1:${PAY}:function:${PAY_RUNNER}`,
      roleArn: `arn:aws:iam::${PAY}:role/cniwatch-runner-invoke-vpc-0e0e0e0e`,
    },
  });
  expect([roleFrom(marked, PAY_RUNNER), roleFrom(marked, HUB_FUNCTION), roleFrom(marked, undefined)]).toEqual([
    undefined,
    ROLE,
    ROLE,
  ]);
});

test("a runner of the hub in a VPC that another account shares enters it by the target's role", () => {
  const marked = withRunner(target(PAY, 'eu-west-1', ROLE), vpc('vpc-0a1b2c3d', false), runners);
  expect(marked).toMatchObject({ role: ROLE, runner: { functionArn: HERE } });
  expect(roleFrom(marked, 'cniwatch-runner-vpc-0a1b2c3d')).toEqual(ROLE);
});

test('a runner of another Region than the hub is never chosen: it could not be invoked', () => {
  const there = target(HUB, 'us-east-1');
  expect(withRunner(there, vpc('vpc-0d0d0d0d', false), runners)).toEqual(there);
});
