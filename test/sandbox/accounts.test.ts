import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemberAccount } from '#lib/sandbox/accounts.ts';
import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { World } from '#lib/sandbox/world.ts';
import { NOW } from '#test/sandbox/start.ts';

const HOME = '111122223333';
const PAY = '444455556666';
const aWorld = (account: string, region: string, cluster: string): World =>
  buildWorld({
    account,
    region,
    now: NOW,
    vpcs: [
      {
        name: cluster,
        cidrs: ['10.0.0.0/16'],
        subnets: [{ name: 'a', cidr: '10.0.0.0/24', zone: 'a' }],
        clusters: [{ name: cluster, controlPlaneSubnets: ['a'], nodegroups: [] }],
      },
    ],
  });
const MEMBERS: readonly MemberAccount[] = [
  {
    role: 'reader',
    externalId: 'right',
    worlds: [aWorld(PAY, 'eu-west-1', 'pay-west'), aWorld(PAY, 'us-east-1', 'pay-east')],
    name: 'pay',
  },
  ...Array.from({ length: 25 }, (_, index): MemberAccount => {
    return { role: 'reader', worlds: [aWorld(String(500000000000 + index), 'eu-west-1', `c-${index}`)], ou: 'ou-sand-workloads' };
  }),
];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(aWorld(HOME, 'eu-west-1', 'home'), { now: () => NOW, members: MEMBERS });
});
afterAll(() => sandbox?.close());

const OWN = { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'x' };
const settings = (region: string, credentials = OWN) => ({ region, endpoint: sandbox.endpoint, credentials, maxAttempts: 1 });
async function enter(role = `arn:aws:iam::${PAY}:role/reader`, ExternalId: string | undefined = 'right') {
  const { Credentials: given } = await new STSClient(settings('eu-west-1')).send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 's', ...(ExternalId ? { ExternalId } : {}) }),
  );
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
    expires: given?.Expiration,
  };
}

describe('a role', () => {
  test('leads into its account, in each Region that is enabled there', async () => {
    const pay = await enter();
    expect(pay.expires).toEqual(new Date(NOW.getTime() + 3_600_000));
    const { Account, Arn } = await new STSClient(settings('us-east-1', pay)).send(new GetCallerIdentityCommand({}));
    expect([Account, Arn]).toEqual([PAY, expect.stringContaining('assumed-role')]);
    for (const [region, name] of [
      ['eu-west-1', 'pay-west'],
      ['us-east-1', 'pay-east'],
    ] as const) {
      const { clusters } = await new EKSClient(settings(region, pay)).send(new ListClustersCommand({}));
      expect(clusters).toEqual([name]);
    }
    expect((await new EKSClient(settings('eu-west-1')).send(new ListClustersCommand({}))).clusters).toEqual(['home']);
  });

  test.each([
    ['that is not there', `arn:aws:iam::${PAY}:role/other`, 'right'],
    ['of an account that is not there', 'arn:aws:iam::999999999999:role/reader', 'right'],
    ['with another external id', `arn:aws:iam::${PAY}:role/reader`, 'wrong'],
    ['without its external id', `arn:aws:iam::${PAY}:role/reader`, ''],
  ])('%s is denied in the same words', async (_, role, externalId) => {
    await expect(enter(role, externalId)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:sts::${HOME}:assumed-role/cniwatch/sandbox is not authorized to perform: sts:AssumeRole on resource: ${role}`,
      $metadata: { httpStatusCode: 403 },
    });
  });
});

test('a Region that is not enabled knows none of the credentials', async () => {
  const pay = await enter();
  await expect(new EKSClient(settings('ap-east-1', pay)).send(new ListClustersCommand({}))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
  await expect(new EC2Client(settings('ap-east-1', pay)).send(new DescribeSubnetsCommand({}))).rejects.toMatchObject({
    name: 'AuthFailure',
  });
  await expect(new STSClient(settings('ap-east-1', pay)).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  });
});

test('the accounts are an organization, listed in pages and by unit', async () => {
  const client = new OrganizationsClient(settings('eu-west-1'));
  const first = await client.send(new ListAccountsCommand({}));
  expect(first.Accounts).toHaveLength(20);
  const second = await client.send(new ListAccountsCommand({ NextToken: first.NextToken }));
  expect([second.Accounts?.length, second.NextToken]).toEqual([7, undefined]);
  const inRoot = await client.send(new ListAccountsForParentCommand({ ParentId: 'r-sand' }));
  expect(inRoot.Accounts?.map(({ Id, Name }) => [Id, Name])).toEqual([
    [HOME, 'management'],
    [PAY, 'pay'],
  ]);
  const units = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId: 'r-sand' }));
  expect(units.OrganizationalUnits?.map(({ Id }) => Id)).toEqual(['ou-sand-workloads']);
  await expect(client.send(new ListAccountsForParentCommand({ ParentId: 'ou-none' }))).rejects.toMatchObject({
    name: 'ParentNotFoundException',
  });
});
