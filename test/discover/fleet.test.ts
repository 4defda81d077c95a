import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { awsClientsByAccount } from '#lib/collect/aws/clients.ts';
import type { FleetEntries } from '#lib/discover/entry.ts';
import { discoverFleet } from '#lib/discover/fleet.ts';
import type { Fault } from '#lib/sandbox/fault.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { NOW } from '#test/sandbox/start.ts';
import { accountWorld } from '#test/scenarios/worlds/one-cluster.ts';

const HOME = '111122223333';
const PAY = '444455556666';
const SHOP = '555566667777';
const OLD = '666677778888';
const WEST = 'eu-west-1';
const EAST = 'us-east-1';

let sandbox: Sandbox;
const lifts: (() => void)[] = [];
const strike = (fault: Fault) => lifts.push(sandbox.inject(fault));
beforeAll(async () => {
  const at = (account: string, region: string) => ({ account, region, now: NOW });
  sandbox = await startSandbox(accountWorld(at(HOME, WEST), { 'hub-prod': { env: 'prod' }, 'hub-test': {} }), {
    members: [
      {
        role: 'cniwatch-reader',
        externalId: 'pay-secret',
        name: 'payments',
        worlds: [
          accountWorld(at(PAY, WEST), { 'pay-prod': { env: 'prod', cniwatch: 'off' }, 'pay-test': { env: 'test' } }),
          accountWorld(at(PAY, EAST), { 'pay-east': { env: 'prod' } }),
        ],
      },
      {
        role: 'cniwatch-reader',
        name: 'shop',
        ou: 'ou-sand-workloads',
        worlds: [accountWorld(at(SHOP, WEST), { 'shop-prod': {} })],
      },
      { role: 'cniwatch-reader', name: 'old', state: 'SUSPENDED', worlds: [accountWorld(at(OLD, WEST), { 'old-prod': {} })] },
    ],
  });
  for (const [name, value] of Object.entries(sandbox.environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  for (const lift of lifts.splice(0)) lift();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
});

async function find(entries: Partial<FleetEntries>, options: { describe?: boolean } = {}) {
  const organizations = async () => new OrganizationsClient({ region: WEST, endpoint: sandbox.endpoint, maxAttempts: 1 });
  const ports = { clientsOf: awsClientsByAccount(WEST), organizations, home: WEST, ...options };
  const { targets, failures, warnings, nothing } = await discoverFleet({ fleet: [], accounts: [], ...entries }, ports);
  return {
    targets,
    names: targets.map(({ account, region, name }) => `${account}/${region}/${name}`),
    failures: failures.map(({ failure: { code, message, remedy }, ...at }) => ({ ...at, code, message, remedy })),
    warnings,
    nothing: nothing?.message,
  };
}

const all = { clusters: ['*'] };
const pay = { id: PAY, name: 'payments', role: 'cniwatch-reader', externalId: 'pay-secret', regions: [WEST, EAST], ...all };
const shop = { id: SHOP, role: 'cniwatch-reader', regions: [WEST], ...all };
const hub = { region: WEST, ...all };

describe('a fleet', () => {
  test('of one account needs no role', async () => {
    const { targets, failures, warnings } = await find({ fleet: [hub] });
    expect(targets).toEqual(
      ['hub-prod', 'hub-test'].map((name) => ({
        account: HOME,
        region: WEST,
        name,
        arn: `arn:aws:eks:${WEST}:${HOME}:cluster/${name}`,
      })),
    );
    expect([failures, warnings]).toEqual([[], []]);
  });

  test('over accounts and Regions bears the role with which each cluster is read, and assumes each role once', async () => {
    const before = sandbox.calls()['sts:AssumeRole'] ?? 0;
    const { names, targets, failures } = await find({ fleet: [hub], accounts: [pay, shop] });
    expect(failures).toEqual([]);
    expect(names).toEqual([
      `${HOME}/${WEST}/hub-prod`,
      `${HOME}/${WEST}/hub-test`,
      `${PAY}/${WEST}/pay-prod`,
      `${PAY}/${WEST}/pay-test`,
      `${PAY}/${EAST}/pay-east`,
      `${SHOP}/${WEST}/shop-prod`,
    ]);
    expect(targets[2]?.role).toEqual({ arn: `arn:aws:iam::${PAY}:role/cniwatch-reader`, externalId: 'pay-secret' });
    expect(targets[5]?.role).toEqual({ arn: `arn:aws:iam::${SHOP}:role/cniwatch-reader` });
    expect((sandbox.calls()['sts:AssumeRole'] ?? 0) - before).toBe(2);
  });

  test('that says one cluster twice has it once', async () => {
    expect((await find({ fleet: [hub, { region: WEST, clusters: ['hub-prod'] }] })).names).toHaveLength(2);
  });

  test.each([
    ['by name', { clusters: ['*-prod', 'pay-east'] }, ['pay-prod', 'pay-east']],
    ['less some names', { except: ['*-test'] }, ['pay-prod', 'pay-east']],
    ['by a tag', { tags: { env: 'prod' } }, ['pay-prod', 'pay-east']],
    ['by a tag of several values', { tags: { env: ['prod', 'test'] } }, ['pay-prod', 'pay-test', 'pay-east']],
    ['less those with a tag', { exceptTags: { cniwatch: 'off' } }, ['pay-test', 'pay-east']],
    [
      'by all of it',
      { clusters: ['pay-*'], except: ['pay-east'], tags: { env: '*' }, exceptTags: { cniwatch: '*' } },
      ['pay-test'],
    ],
  ])('is selected %s', async (_, selection, expected) => {
    const { targets, failures } = await find({ accounts: [{ ...pay, ...selection }] });
    expect(failures).toEqual([]);
    expect(targets.map(({ name }) => name)).toEqual(expected);
  });

  test('is described only where tags or VPCs are asked for', async () => {
    const described = async (...given: Parameters<typeof find>) => {
      const before = sandbox.calls()['eks:DescribeCluster'] ?? 0;
      const { targets } = await find(...given);
      return {
        calls: (sandbox.calls()['eks:DescribeCluster'] ?? 0) - before,
        vpcs: targets.map(({ vpcId }) => vpcId !== undefined),
      };
    };
    expect(await described({ fleet: [hub] })).toEqual({ calls: 0, vpcs: [false, false] });
    expect(await described({ fleet: [hub] }, { describe: true })).toEqual({ calls: 2, vpcs: [true, true] });
    expect(await described({ fleet: [{ ...hub, tags: { env: 'prod' } }] })).toEqual({ calls: 2, vpcs: [true] });
  });
});

describe('an organization', () => {
  const organization = { role: 'cniwatch-reader', regions: [WEST], exclude: [], ...all };

  test('is every active account, its own without a role; one with an entry of its own keeps that, and a suspended one is told', async () => {
    const { names, targets, failures, warnings } = await find({ accounts: [pay], organization });
    expect(failures).toEqual([]);
    expect(names).toEqual([
      `${HOME}/${WEST}/hub-prod`,
      `${HOME}/${WEST}/hub-test`,
      `${PAY}/${WEST}/pay-prod`,
      `${PAY}/${WEST}/pay-test`,
      `${PAY}/${EAST}/pay-east`,
      `${SHOP}/${WEST}/shop-prod`,
    ]);
    expect(targets[0]).not.toHaveProperty('role');
    expect(warnings).toEqual([`account ${OLD} (old) is SUSPENDED and was left out`]);
  });

  test('may be some of its units', async () => {
    expect((await find({ organization: { ...organization, ous: ['ou-sand-workloads'] } })).names).toEqual([
      `${SHOP}/${WEST}/shop-prod`,
    ]);
  });

  test('that cannot be asked leaves the named accounts as they are', async () => {
    strike({ on: 'organizations:*', answer: { kind: 'error', code: 'AccessDeniedException', status: 400 } });
    const { names, failures } = await find({ fleet: [hub], organization });
    expect(names).toHaveLength(2);
    expect(failures).toMatchObject([{ code: 'AccessDenied', remedy: expect.stringContaining('delegated administrators') }]);
  });
});

describe('what cannot be seen is told with its place, and the others go on', () => {
  const others = `${SHOP}/${WEST}/shop-prod`;

  test.each([
    ['the role is gone', { ...pay, role: 'no-such-role' }, /role\/no-such-role exists/],
    ['the external id is another', { ...pay, externalId: 'wrong' }, /the external id that cniwatch\.yaml gives/],
    ['the external id is missing', { ...pay, externalId: undefined }, /asks for no external id/],
  ])('%s: once for the account', async (_, account, remedy) => {
    const { names, failures } = await find({ accounts: [account, shop] });
    expect(names).toEqual([others]);
    expect(failures).toMatchObject([
      {
        account: PAY,
        place: `account ${PAY} (payments)`,
        code: 'AccessDenied',
        message: expect.stringMatching(`^sts:AssumeRole was denied: User: .* is not authorized`),
        remedy: expect.stringMatching(remedy),
      },
    ]);
  });

  test('a Region that is not enabled: with the command that tells', async () => {
    const { names, failures } = await find({ accounts: [{ ...pay, regions: [WEST, 'ap-east-1'] }] });
    expect(names).toEqual([`${PAY}/${WEST}/pay-prod`, `${PAY}/${WEST}/pay-test`]);
    expect(failures).toMatchObject([
      {
        account: PAY,
        region: 'ap-east-1',
        code: 'Unauthorized',
        place: `account ${PAY} (payments), ap-east-1`,
        remedy: expect.stringContaining('aws account get-region-opt-status --region-name ap-east-1'),
      },
    ]);
  });

  test('OptInRequired: the same', async () => {
    strike({ on: 'eks:ListClusters', times: 1, answer: { kind: 'error', code: 'OptInRequired', status: 403 } });
    const { failures } = await find({ fleet: [hub] });
    expect(failures).toMatchObject([{ code: 'AccessDenied', remedy: expect.stringContaining('get-region-opt-status') }]);
  });

  test('the credentials are of another account than an entry without a role', async () => {
    const { names, failures } = await find({ accounts: [{ id: '999900001111', regions: [WEST], ...all }, shop] });
    expect(names).toEqual([others]);
    expect(failures).toMatchObject([
      {
        code: 'NoCredentials',
        place: 'account 999900001111',
        message: `The credentials are of account ${HOME}, and accounts.0 names no role to assume.`,
      },
    ]);
  });

  test('a cluster that is spelt out and not there', async () => {
    const { names, failures } = await find({ fleet: [{ region: WEST, clusters: ['hub-prod', 'hub-prood'] }] });
    expect(names).toEqual([`${HOME}/${WEST}/hub-prod`]);
    expect(failures).toMatchObject([
      { code: 'ClusterNotFound', message: `There is no EKS cluster hub-prood in ${WEST}.`, remedy: 'Did you mean hub-prod?' },
    ]);
  });

  test('a pattern that matches nothing is a warning', async () => {
    const { names, failures, warnings } = await find({ accounts: [{ ...pay, clusters: ['*-prod', 'web-*'] }] });
    expect(names).toHaveLength(1);
    expect(failures).toEqual([]);
    expect(warnings).toEqual([`accounts.0: no EKS cluster in ${WEST}, ${EAST} matches web-*`]);
  });

  test('no cluster at all is no healthy fleet', async () => {
    const { failures, nothing } = await find({ fleet: [{ ...hub, clusters: ['web-*'] }] });
    expect([failures, nothing]).toEqual([[], `No EKS cluster in ${WEST} matches web-*.`]);
    expect((await find({ fleet: [{ ...hub, tags: { env: 'none' } }] })).nothing).toBeDefined();
    expect((await find({ fleet: [hub] })).nothing).toBeUndefined();
    expect((await find({ accounts: [{ ...pay, role: 'no-such-role' }] })).nothing).toBeUndefined();
  });

  test('a cluster whose tags cannot be read, where they decide', async () => {
    strike({ on: 'eks:DescribeCluster', times: 1, answer: { kind: 'error', code: 'AccessDeniedException', status: 403 } });
    const { names, failures } = await find({ fleet: [{ ...hub, exceptTags: { env: 'none' } }] });
    expect(names).toEqual([`${HOME}/${WEST}/hub-test`]);
    expect(failures).toMatchObject([
      {
        region: WEST,
        code: 'AccessDenied',
        message: expect.stringContaining('whether the tags of hub-prod select it is not known'),
      },
    ]);
  });

  test('a cluster that goes between the list and its description is not of the fleet', async () => {
    strike({ on: 'eks:DescribeCluster', times: 1, answer: { kind: 'error', code: 'ResourceNotFoundException', status: 404 } });
    expect(await find({ fleet: [hub] }, { describe: true })).toMatchObject({ names: [`${HOME}/${WEST}/hub-test`], failures: [] });
  });

  test('credentials that are refused everywhere are told once', async () => {
    strike({ on: 'sts:GetCallerIdentity', answer: { kind: 'error', code: 'ExpiredTokenException', status: 403 } });
    const { failures } = await find({ fleet: [hub, { ...hub, region: EAST }] });
    expect(failures).toMatchObject([{ code: 'ExpiredCredentials' }]);
  });
});
