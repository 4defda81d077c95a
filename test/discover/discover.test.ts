import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { discoverCluster, discoverRegion } from '#lib/discover/discover.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';

const eks = mockClient(EKSClient);
const sts = mockClient(STSClient);
const clients = { eks: new EKSClient({ region: REGION }), sts: new STSClient({ region: REGION }) };

function named(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

beforeEach(() => {
  eks.reset();
  sts.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT });
});

describe('discoverCluster', () => {
  const arn = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop-prod`;

  it('takes the account from the ARN, without asking who calls', async () => {
    eks.on(DescribeClusterCommand).resolves({ cluster: { name: 'shop-prod', arn } });
    expect(await discoverCluster({ region: REGION, name: 'shop-prod' }, clients)).toEqual({
      account: ACCOUNT,
      region: REGION,
      name: 'shop-prod',
      arn,
    });
    expect(sts.calls()).toHaveLength(0);
  });

  it("takes the caller's account where eks:DescribeCluster is denied", async () => {
    eks.on(DescribeClusterCommand).rejects(named('AccessDeniedException'));
    expect((await discoverCluster({ region: REGION, name: 'shop-prod' }, clients)).arn).toBe(arn);
  });

  it('names an unknown cluster and the near ones', async () => {
    eks.on(DescribeClusterCommand).rejects(named('ResourceNotFoundException'));
    eks.on(ListClustersCommand).resolves({ clusters: ['shop-prod', 'payments'] });
    await expect(discoverCluster({ region: REGION, name: 'shop-prd' }, clients)).rejects.toMatchObject({
      code: 'ClusterNotFound',
      message: `There is no EKS cluster shop-prd in ${REGION}.`,
      remedy: 'Did you mean shop-prod?',
    });
  });

  it.each([
    ['the Region has none', () => eks.on(ListClustersCommand).resolves({ clusters: [] }), /no clusters in eu-west-1 at all/],
    ['none is near', () => eks.on(ListClustersCommand).resolves({ clusters: ['payments'] }), /Check the name/],
    ['the list is denied', () => eks.on(ListClustersCommand).rejects(named('AccessDeniedException')), /Check the name/],
  ])('says what to check where %s', async (_, list, remedy) => {
    eks.on(DescribeClusterCommand).rejects(named('ResourceNotFoundException'));
    list();
    await expect(discoverCluster({ region: REGION, name: 'shop-prd' }, clients)).rejects.toMatchObject({
      code: 'ClusterNotFound',
      remedy: expect.stringMatching(remedy),
    });
  });

  it.each([
    ['CredentialsProviderError', 'NoCredentials'],
    ['ExpiredTokenException', 'ExpiredCredentials'],
    ['UnrecognizedClientException', 'Unauthorized'],
    ['ThrottlingException', 'Throttled'],
  ])('names %s as %s', async (name, code) => {
    eks.on(DescribeClusterCommand).rejects(named(name));
    await expect(discoverCluster({ region: REGION, name: 'shop-prod' }, clients)).rejects.toMatchObject({ code });
  });
});

describe('discoverRegion', () => {
  it('lists every page and keeps what a pattern matches', async () => {
    eks.on(ListClustersCommand, { nextToken: undefined }).resolves({ clusters: ['shop-prod', 'shop-stage'], nextToken: 'two' });
    eks.on(ListClustersCommand, { nextToken: 'two' }).resolves({ clusters: ['payments-prod'] });
    const found = async (names?: readonly string[]) =>
      (await discoverRegion({ region: REGION, ...(names && { names }) }, clients)).map(({ name }) => name);
    expect(await found()).toEqual(['shop-prod', 'shop-stage', 'payments-prod']);
    expect(await found(['*-prod'])).toEqual(['shop-prod', 'payments-prod']);
    expect(await found(['warehouse'])).toEqual([]);
  });

  it('names a token that loops', async () => {
    eks.on(ListClustersCommand).resolves({ clusters: ['a'], nextToken: 'again' });
    await expect(discoverRegion({ region: REGION }, clients)).rejects.toMatchObject({ code: 'PageTokenLoop' });
  });

  it('names the denied action', async () => {
    eks.on(ListClustersCommand).rejects(named('AccessDeniedException'));
    await expect(discoverRegion({ region: REGION }, clients)).rejects.toMatchObject({
      code: 'AccessDenied',
      remedy: expect.stringContaining('eks:ListClusters'),
    });
  });
});
