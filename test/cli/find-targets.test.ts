import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import type { ClientsOf } from '#lib/cli/aws.ts';
import { findTargets, type Wanted } from '#lib/cli/find-targets.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { wantedClusters } from '#lib/cli/wanted-clusters.ts';
import { clusterArn } from '#lib/model/target.ts';
import { ACCOUNT } from '#test/scenarios/slices.ts';

describe('the clusters that are wanted', () => {
  const nothing = { fleet: [], accounts: [] };
  const west = { region: 'eu-west-1', clusters: ['shop-*'] };
  const east = { region: 'us-east-1', clusters: ['*'] };
  const pay = {
    id: '444455556666',
    name: 'payments',
    role: 'cniwatch-reader',
    regions: ['eu-west-1', 'us-east-1'],
    clusters: ['*'],
  };
  const organization = { role: 'cniwatch-reader', regions: ['us-east-1'], exclude: [], clusters: ['*'] };
  const whole = { fleet: [west, east], accounts: [pay], organization };

  test.each([
    [
      'named ones',
      { cluster: ['a', 'b'], region: 'eu-west-1' },
      nothing,
      { kind: 'named', region: 'eu-west-1', names: ['a', 'b'] },
    ],
    [
      'all of a Region',
      { all: true, region: 'eu-west-1' },
      whole,
      { kind: 'fleet', entries: { fleet: [{ region: 'eu-west-1', clusters: ['*'] }], accounts: [] } },
    ],
    ['the fleet', {}, whole, { kind: 'fleet', entries: whole }],
    [
      'the fleet of one Region',
      { region: 'eu-west-1' },
      whole,
      { kind: 'fleet', entries: { fleet: [west], accounts: [{ ...pay, regions: ['eu-west-1'] }] } },
    ],
    ['an account, by its name', { account: 'payments' }, whole, { kind: 'fleet', entries: { fleet: [], accounts: [pay] } }],
    [
      'named ones in an account',
      { account: '444455556666', cluster: ['a'], region: 'sa-east-1' },
      whole,
      {
        kind: 'fleet',
        entries: {
          fleet: [],
          accounts: [{ id: pay.id, name: pay.name, role: pay.role, regions: ['sa-east-1'], clusters: ['a'] }],
        },
      },
    ],
    [
      'all of an account of the organization',
      { account: '999900001111', all: true },
      whole,
      {
        kind: 'fleet',
        entries: {
          fleet: [],
          accounts: [{ id: '999900001111', role: 'cniwatch-reader', regions: ['us-east-1'], clusters: ['*'] }],
        },
      },
    ],
    [
      'an organization in one Region',
      { region: 'us-east-1' },
      { ...nothing, organization },
      { kind: 'fleet', entries: { ...nothing, organization } },
    ],
  ])('are %s', async (_, options, config, wanted) => {
    expect(await wantedClusters(options as Parameters<typeof wantedClusters>[0], config)).toEqual(wanted);
  });

  test.each([
    ['named and all at once', { cluster: ['a'], all: true }, nothing, '--cluster and --all exclude each other'],
    ['said nowhere', {}, nothing, 'which clusters? Give --cluster NAME or --all'],
    [
      'in a Region without a fleet',
      { region: 'sa-east-1' },
      whole,
      'the fleet of the configuration has no clusters in sa-east-1',
    ],
  ] as const)('cannot be %s', async (_, options, config, message) => {
    const asked = wantedClusters(options, config);
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(message);
  });
});

describe('targets', () => {
  const eks = mockClient(EKSClient);
  mockClient(STSClient).on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
  eks.on(ListClustersCommand).resolves({ clusters: ['tools', 'shop-prod', 'shop-test'] });
  eks.on(DescribeClusterCommand).callsFake(({ name }) => {
    if (name === 'gone') throw Object.assign(new Error('No cluster found'), { name: 'ResourceNotFoundException' });
    return { cluster: { name, arn: clusterArn(ACCOUNT, 'eu-west-1', name) } };
  });
  const clientsOf: ClientsOf = (region) =>
    ({ eks: new EKSClient({ region }), sts: new STSClient({ region }) }) as ReturnType<ClientsOf>;
  const find = async (wanted: Wanted) => {
    const { targets, failures, warnings } = await findTargets(wanted, { clientsOf, home: 'eu-west-1' });
    return { names: targets.map(({ name }) => name), failures: failures.map(({ message }) => message), warnings };
  };
  const named = (...names: readonly string[]) => find({ kind: 'named', region: 'eu-west-1', names });

  test('that are named stand in a stable order, each once', async () => {
    expect(await named('tools', 'shop-test', 'tools')).toEqual({ names: ['shop-test', 'tools'], failures: [], warnings: [] });
  });
  test('that cannot be found do not hide the others, and are told once', async () => {
    expect(await named('gone', 'tools', 'gone')).toEqual({
      names: ['tools'],
      failures: ['There is no EKS cluster gone in eu-west-1.'],
      warnings: [],
    });
  });
  test('of a fleet are found by its patterns', async () => {
    const entries = { fleet: [{ region: 'eu-west-1', clusters: ['shop-*'] }], accounts: [] };
    expect(await find({ kind: 'fleet', entries })).toEqual({ names: ['shop-prod', 'shop-test'], failures: [], warnings: [] });
  });
});
