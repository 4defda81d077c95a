import { DescribeClusterCommand, type EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { everyPage } from '#lib/collect/aws/pages.ts';
import { nearNames } from '#lib/discover/names.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { matchesAny } from '#lib/model/name-pattern.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';

/** sts:GetCallerIdentity needs no permission. */
export const DISCOVER_PERMISSIONS: Permissions = {
  aws: [
    { action: 'eks:DescribeCluster', resource: 'cluster' },
    { action: 'eks:ListClusters', resource: '*' },
  ],
  kubernetes: [],
};

export interface DiscoverClients {
  readonly eks: EKSClient;
  readonly sts: STSClient;
}

/**
 * One cluster by its name. Where eks:DescribeCluster is denied the caller's own account is taken: collect will then say what is denied.
 * @throws ReadFailure ClusterNotFound, with the near names of that Region; or why AWS could not be asked
 */
export async function discoverCluster(
  { region, name }: { region: string; name: string },
  clients: DiscoverClients,
): Promise<Target> {
  try {
    const { cluster } = await clients.eks.send(new DescribeClusterCommand({ name }));
    const arn = cluster?.arn ?? '';
    const account = /^arn:[^:]+:eks:[^:]*:(\d{12}):cluster\//.exec(arn)?.[1];
    return account === undefined ? await ownTarget(region, name, clients) : { account, region, name, arn };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') throw await unknownCluster(region, name, clients);
    const failure = awsFailure(error, { action: 'eks:DescribeCluster', region });
    if (failure.code !== 'AccessDenied') throw failure;
    return ownTarget(region, name, clients);
  }
}

/**
 * Every cluster of a Region whose name matches a pattern (`*` stands for any characters), in the order of EKS.
 * Without patterns, every cluster. Who calls is asked only where `account` does not say it.
 * @throws ReadFailure where AWS could not be asked
 */
export async function discoverRegion(
  { region, names, account: known }: { region: string; names?: readonly string[]; account?: string },
  clients: DiscoverClients,
): Promise<readonly Target[]> {
  const [account, all] = await Promise.all([known ?? ownAccount(region, clients), listNames(region, clients)]);
  return all
    .filter((name) => names === undefined || names.length === 0 || matchesAny(name, names))
    .map((name) => ({ account, region, name, arn: clusterArn(account, region, name) }));
}

async function ownTarget(region: string, name: string, clients: DiscoverClients): Promise<Target> {
  const account = await ownAccount(region, clients);
  return { account, region, name, arn: clusterArn(account, region, name) };
}

/** The account of the credentials. @throws ReadFailure */
export async function ownAccount(region: string, { sts }: Pick<DiscoverClients, 'sts'>): Promise<string> {
  const action = 'sts:GetCallerIdentity';
  const { Account: account } = await sts.send(new GetCallerIdentityCommand({})).catch((error) => {
    throw awsFailure(error, { action, region });
  });
  if (account !== undefined) return account;
  throw new ReadFailure(
    'UnexpectedResponse',
    `${action} named no account.`,
    'Look for a proxy before the AWS API, or check AWS_ENDPOINT_URL.',
  );
}

async function listNames(region: string, { eks }: DiscoverClients): Promise<string[]> {
  const action = 'eks:ListClusters';
  try {
    return await everyPage(
      action,
      (nextToken) => eks.send(new ListClustersCommand({ maxResults: 100, nextToken })),
      ({ clusters }) => clusters,
    );
  } catch (error) {
    throw awsFailure(error, { action, region });
  }
}

async function unknownCluster(region: string, name: string, clients: DiscoverClients): Promise<ReadFailure> {
  // A suggestion, and no reason to fail in another way.
  const names = await listNames(region, clients).catch(() => undefined);
  const near = nearNames(name, names ?? []);
  const there =
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : names?.length === 0
        ? `There are no clusters in ${region} at all: check the Region and the account of the credentials.`
        : 'Check the name, the Region and the account of the credentials.';
  return new ReadFailure('ClusterNotFound', `There is no EKS cluster ${name} in ${region}.`, there);
}
