/**
 * moto knows accounts, roles and organizations, and checks no trust policy, nor whether there is an organization at all: what is held
 * against it is the shape of the answers, and that the credentials of a role lead into its account.
 */
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assumedRole } from '#lib/collect/aws/assumed-role.ts';
import { organizationMembers } from '#lib/discover/organization.ts';
import { type Moto, startMoto } from './server.ts';

/** moto's own. */
const HOME = '123456789012';
const PAY = '444455556666';
const REGION = 'eu-west-1';
let moto: Moto;
beforeAll(async () => {
  moto = await startMoto({ region: REGION });
});
afterAll(() => moto?.stop());
const settings = () => ({ region: REGION, endpoint: moto.endpoint, credentials: moto.credentials, maxAttempts: 1 });

test('the credentials of an assumed role lead into its account', async () => {
  const sts = new STSClient(settings());
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(HOME);
  const role = { arn: `arn:aws:iam::${PAY}:role/cniwatch-reader`, externalId: 'one-two' };
  const credentials = assumedRole(role, { sts });
  expect(await credentials()).toMatchObject({
    accessKeyId: expect.stringMatching(/^ASIA/),
    sessionToken: expect.any(String),
    expiration: expect.any(Date),
  });
  const { Account, Arn } = await new STSClient({ ...settings(), credentials }).send(new GetCallerIdentityCommand({}));
  expect([Account, Arn]).toEqual([PAY, `arn:aws:sts::${PAY}:assumed-role/cniwatch-reader/cniwatch`]);
  expect((await new EKSClient({ ...settings(), credentials }).send(new ListClustersCommand({}))).clusters).toEqual([]);
});

test('the accounts of an organization are read page by page and unit by unit', async () => {
  const client = new OrganizationsClient(settings());
  await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const { Roots: [root] = [] } = await client.send(new ListRootsCommand({}));
  const unit = async (Name: string, ParentId: string) => {
    const { OrganizationalUnit } = await client.send(new CreateOrganizationalUnitCommand({ Name, ParentId }));
    return OrganizationalUnit?.Id ?? '';
  };
  const workloads = await unit('workloads', root?.Id ?? '');
  const production = await unit('production', workloads);
  const account = async (AccountName: string, parent?: string) => {
    const { CreateAccountStatus } = await client.send(
      new CreateAccountCommand({ AccountName, Email: `${AccountName}@example.com` }),
    );
    const AccountId = CreateAccountStatus?.AccountId ?? '';
    const move = { AccountId, SourceParentId: root?.Id ?? '', DestinationParentId: parent };
    if (parent !== undefined) await client.send(new MoveAccountCommand(move));
    return AccountId;
  };
  const shop = await account('shop', production);
  const tools = await account('tools', workloads);
  const loose = await Promise.all(Array.from({ length: 25 }, (_, index) => account(`loose-${index}`)));

  const ids = async (...ous: readonly string[]) =>
    (await organizationMembers({ exclude: [], ...(ous.length > 0 ? { ous } : {}) }, client)).map(({ id }) => id);
  expect(await ids()).toEqual([HOME, shop, tools, ...loose].toSorted());
  expect(await ids(workloads)).toEqual([shop, tools].toSorted());
  expect(await ids(production)).toEqual([shop]);
  expect(await ids(root?.Id ?? '')).toHaveLength(28);
  const [member] = await organizationMembers({ exclude: [], ous: [production] }, client);
  expect(member).toEqual({ id: shop, name: 'shop', state: 'ACTIVE' });
  await expect(ids('ou-none-00000000')).rejects.toMatchObject({ remedy: expect.stringContaining('organization.ous') });
});
