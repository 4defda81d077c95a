import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import type { ClientsOf } from '#lib/cli/aws.ts';
import { findTargets, type Wanted } from '#lib/cli/find-targets.ts';
import { wantedClusters } from '#lib/cli/read-clusters.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { clusterArn } from '#lib/model/target.ts';
import { ACCOUNT } from '#test/scenarios/slices.ts';

describe('the clusters that are wanted', () => {
  const fleet = [
    { region: 'eu-west-1', clusters: ['shop-*'] },
    { region: 'us-east-1', clusters: ['*'] },
  ];
  const none: typeof fleet = [];

  test.each([
    [
      'named ones',
      { cluster: ['a', 'b'], region: 'eu-west-1' },
      none,
      [
        { region: 'eu-west-1', name: 'a' },
        { region: 'eu-west-1', name: 'b' },
      ],
    ],
    ['all of a Region', { all: true, region: 'eu-west-1' }, fleet, [{ region: 'eu-west-1', patterns: ['*'] }]],
    [
      'the fleet',
      {},
      fleet,
      [
        { region: 'eu-west-1', patterns: ['shop-*'] },
        { region: 'us-east-1', patterns: ['*'] },
      ],
    ],
    ['the fleet of one Region', { region: 'us-east-1' }, fleet, [{ region: 'us-east-1', patterns: ['*'] }]],
  ] as const)('are %s', async (_, options, fleet, wanted) => {
    expect(await wantedClusters(options, { fleet })).toEqual(wanted);
  });

  test.each([
    ['named and all at once', { cluster: ['a'], all: true }, none, '--cluster and --all exclude each other'],
    ['said nowhere', {}, none, 'which clusters? Give --cluster NAME or --all'],
    [
      'in a Region without a fleet',
      { region: 'sa-east-1' },
      fleet,
      'the fleet of the configuration has no clusters in sa-east-1',
    ],
  ] as const)('cannot be %s', async (_, options, fleet, message) => {
    const asked = wantedClusters(options, { fleet });
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
  const find = async (...wanted: Wanted[]) => {
    const { targets, failures } = await findTargets(wanted, clientsOf);
    return { names: targets.map(({ name }) => name), failures: failures.map(({ message }) => message) };
  };

  test('stand in a stable order, each cluster once', async () => {
    expect(
      await find(
        { region: 'eu-west-1', name: 'tools' },
        { region: 'eu-west-1', patterns: ['*'] },
        { region: 'eu-west-1', name: 'shop-test' },
      ),
    ).toEqual({ names: ['shop-prod', 'shop-test', 'tools'], failures: [] });
  });
  test('that cannot be found do not hide the others', async () => {
    expect(await find({ region: 'eu-west-1', name: 'gone' }, { region: 'eu-west-1', name: 'tools' })).toEqual({
      names: ['tools'],
      failures: ['There is no EKS cluster gone in eu-west-1.'],
    });
  });
  test('of which there are none are a failure: an empty fleet is no healthy one', async () => {
    expect(await find({ region: 'eu-west-1', patterns: ['web-*', 'api'] })).toEqual({
      names: [],
      failures: ['No EKS cluster in eu-west-1 matches web-*, api.'],
    });
  });
  test('that fail alike are told once', async () => {
    expect((await find({ region: 'eu-west-1', name: 'gone' }, { region: 'eu-west-1', name: 'gone' })).failures).toHaveLength(1);
  });
});
