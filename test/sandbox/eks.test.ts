import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeInsightCommand,
  DescribeNodegroupCommand,
  ListAddonsCommand,
  ListClustersCommand,
  type ListClustersCommandOutput,
  ListFargateProfilesCommand,
  ListInsightsCommand,
  type ListInsightsCommandOutput,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Entered, enter, NOW } from './start.ts';

let entered: Entered;
beforeAll(async () => {
  entered = await enter(embeddedFleet(NOW));
});
afterAll(() => entered?.[Symbol.asyncDispose]());

describe('EKS', () => {
  it('lists clusters page by page', async () => {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: ListClustersCommandOutput = await entered.eks.send(new ListClustersCommand({ maxResults: 2, nextToken }));
      expect(page.clusters?.length).toBeLessThanOrEqual(2);
      names.push(...(page.clusters ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(names.sort()).toEqual(['analytics-prod', 'identity-prod', 'media-staging', 'payments-prod', 'shop-prod']);
  });

  it('describes a cluster, with the way into its API server', async () => {
    const { cluster } = await entered.eks.send(new DescribeClusterCommand({ name: 'shop-prod' }));
    expect(cluster).toMatchObject({
      status: 'ACTIVE',
      createdAt: expect.any(Date),
      endpoint: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/clusters\/shop-prod$/),
      resourcesVpcConfig: {
        clusterSecurityGroupId: expect.stringMatching(/^sg-/),
        subnetIds: [expect.anything(), expect.anything()],
      },
      accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    });
    expect(Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString()).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  it('lists insights page by page and by filter, and tells more of one', async () => {
    const clusterName = 'shop-prod';
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: ListInsightsCommandOutput = await entered.eks.send(
        new ListInsightsCommand({ clusterName, maxResults: 2, nextToken, filter: { categories: ['UPGRADE_READINESS'] } }),
      );
      expect(page.insights?.length).toBeLessThanOrEqual(2);
      names.push(...(page.insights ?? []).flatMap(({ name }) => name ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(names).toContain('kube-proxy version skew');
    const failing = await entered.eks.send(new ListInsightsCommand({ clusterName, filter: { statuses: ['ERROR'] } }));
    expect(failing.insights).toEqual([]);
    const { insights: [first] = [] } = await entered.eks.send(new ListInsightsCommand({ clusterName, maxResults: 1 }));
    expect(first).toMatchObject({ lastRefreshTime: expect.any(Date), insightStatus: { status: 'PASSING' } });
    expect(first).not.toHaveProperty('recommendation');
    const { insight } = await entered.eks.send(new DescribeInsightCommand({ clusterName, id: first?.id }));
    expect(insight).toMatchObject({ name: first?.name, resources: [] });
    await expect(entered.eks.send(new DescribeInsightCommand({ clusterName, id: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('describes node groups and add-ons by the names that it lists', async () => {
    const clusterName = 'analytics-prod';
    const { nodegroups = [] } = await entered.eks.send(new ListNodegroupsCommand({ clusterName }));
    const { nodegroup } = await entered.eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName: nodegroups[0] }));
    expect(nodegroup).toMatchObject({
      scalingConfig: { desiredSize: 8 },
      instanceTypes: ['m5.xlarge'],
      amiType: 'AL2023_x86_64_STANDARD',
    });
    const { addons } = await entered.eks.send(new ListAddonsCommand({ clusterName }));
    expect(addons).toEqual(['vpc-cni', 'coredns', 'kube-proxy']);
    const { addon } = await entered.eks.send(new DescribeAddonCommand({ clusterName, addonName: 'vpc-cni' }));
    expect(JSON.parse(addon?.configurationValues ?? '')).toMatchObject({ env: { ENABLE_PREFIX_DELEGATION: 'true' } });
  });

  it.each<[string, () => Promise<unknown>, string, number]>([
    ['a cluster', () => entered.eks.send(new DescribeClusterCommand({ name: 'none' })), 'ResourceNotFoundException', 404],
    [
      'the add-ons of a cluster',
      () => entered.eks.send(new ListAddonsCommand({ clusterName: 'none' })),
      'ResourceNotFoundException',
      404,
    ],
    [
      'a node group',
      () => entered.eks.send(new DescribeNodegroupCommand({ clusterName: 'shop-prod', nodegroupName: 'none' })),
      'ResourceNotFoundException',
      404,
    ],
    ['a page', () => entered.eks.send(new ListClustersCommand({ nextToken: 'none' })), 'InvalidParameterException', 400],
    [
      'a page of that size',
      () => entered.eks.send(new ListClustersCommand({ maxResults: 101 })),
      'InvalidParameterException',
      400,
    ],
    [
      'a call that the sandbox knows',
      () => entered.eks.send(new ListFargateProfilesCommand({ clusterName: 'shop-prod' })),
      'UnknownOperationException',
      404,
    ],
  ])('says so where there is not %s', async (_, ask, name, httpStatusCode) => {
    await expect(ask()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });
});

describe('STS', () => {
  it("names the world's account", async () => {
    expect(await entered.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/cniwatch/sandbox',
    });
  });
});

it('what is signed for another service, or not at all, is turned away', async () => {
  const answer = await fetch(entered.sandbox.endpoint, { method: 'POST', body: 'Action=DescribeVpcs' });
  expect(answer.status).toBe(403);
});
