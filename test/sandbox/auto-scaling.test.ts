import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  paginateDescribeScalingActivities,
} from '@aws-sdk/client-auto-scaling';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
} from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shop } from '#test/scenarios/worlds/shop.ts';
import { type Entered, enter } from './start.ts';

const failedLaunches = Array.from({ length: 7 }, (_, at) => ({ why: 'no-free-address', hoursAgo: at + 1 }) as const);
const QUIET = { name: 'quiet', instanceType: 'm5.large', count: 1, subnets: ['nodes-a'], podsPerNode: 1, maxPods: 29 };
const world = shop({
  world: { quotas: { 'L-DF5E4CA3': 9000 } },
  groups: [
    { ...QUIET, name: 'general', startedBy: 'own-auto-scaling-group', failedLaunches },
    { ...QUIET, startedBy: 'own-auto-scaling-group' },
  ],
});

let entered: Entered;
beforeAll(async () => {
  entered = await enter(world);
});
afterAll(() => entered?.[Symbol.asyncDispose]());

describe('DescribeScalingActivities', () => {
  const ask = (AutoScalingGroupName: string, MaxRecords?: number) =>
    entered.autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName, ...(MaxRecords && { MaxRecords }) }));

  it('answers a group’s activities, the newest first', async () => {
    const { Activities = [] } = await ask('shop-prod-general');
    const times = Activities.map(({ StartTime }) => StartTime?.getTime() ?? 0);
    expect(times).toHaveLength(7);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(Activities[0]).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: expect.stringContaining('not enough free addresses'),
    });
  });

  it('pages by MaxRecords and NextToken', async () => {
    const pages: number[] = [];
    const request = { AutoScalingGroupName: 'shop-prod-general' };
    for await (const { Activities = [] } of paginateDescribeScalingActivities(
      { client: entered.autoScaling, pageSize: 3 },
      request,
    ))
      pages.push(Activities.length);
    expect(pages).toEqual([3, 3, 1]);
  });

  it('answers none for a group that never failed', async () => {
    expect((await ask('shop-prod-quiet')).Activities ?? []).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a group that is not there', () => ask('gone'), 'AutoScalingGroup name not found'],
    ['more than a hundred records', () => ask('shop-prod-general', 101), 'between 1 and 100'],
  ])('refuses %s', async (_, send, message) => {
    await expect(send()).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining(message) });
  });

  it('is the only call that the sandbox knows', async () => {
    await expect(entered.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
    });
  });
});

describe('service quotas', () => {
  const applied = (QuotaCode: string) =>
    entered.serviceQuotas.send(new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode }));
  const standard = (QuotaCode: string) =>
    entered.serviceQuotas.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode }));

  it('that were changed are applied, and their default stays known', async () => {
    expect(await applied('L-DF5E4CA3')).toMatchObject({ Quota: { Value: 9000 } });
    expect(await standard('L-DF5E4CA3')).toMatchObject({ Quota: { Value: 5000 } });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['that were never changed are not applied', () => applied('L-0EA8095F'), 'NoSuchResourceException'],
    ['of a code that is none', () => standard('L-00000000'), 'NoSuchResourceException'],
    [
      'are not listed by the sandbox',
      () => entered.serviceQuotas.send(new ListServiceQuotasCommand({ ServiceCode: 'vpc' })),
      'UnknownOperationException',
    ],
  ])('%s', async (_, send, name) => {
    await expect(send()).rejects.toMatchObject({ name });
  });
});
