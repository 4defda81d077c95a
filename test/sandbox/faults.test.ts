import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeNetworkInterfacesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { ListClustersCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, FaultAnswer } from '#lib/sandbox/fault.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type ApiClient, enterCluster } from './kubernetes-client.ts';
import { type Entered, enter } from './start.ts';

let entered: Entered;
let media: ApiClient;
let shop: ApiClient;
const lifts: (() => void)[] = [];
beforeAll(async () => {
  entered = await enter(embeddedFleet(new Date()));
  [media, shop] = [await enterCluster(entered, 'media-staging'), await enterCluster(entered, 'shop-prod')];
});
afterEach(() => {
  for (const lift of lifts.splice(0)) lift();
});
afterAll(() => entered?.[Symbol.asyncDispose]());

const inject = (fault: Fault) => lifts.push(entered.sandbox.inject(fault));
const error = (code: string, status: number): FaultAnswer => ({ kind: 'error', code, status, message: 'said the sandbox' });
const subnets = (signal?: AbortSignal) => entered.ec2.send(new DescribeSubnetsCommand({}), signal ? { abortSignal: signal } : {});
const pods = (client = media) => client.get('/api/v1/pods');

describe('an error reaches the real client as its service gives it', () => {
  it.each<[string, string, () => Promise<unknown>, string, number]>([
    ['EC2', 'ec2:DescribeSubnets', subnets, 'UnauthorizedOperation', 403],
    ['EC2', 'ec2:*', subnets, 'RequestExpired', 400],
    ['EKS', 'eks:ListClusters', () => entered.eks.send(new ListClustersCommand({})), 'AccessDeniedException', 403],
    ['EKS', 'eks:*', () => entered.eks.send(new ListClustersCommand({})), 'ExpiredTokenException', 403],
    ['STS', 'sts:GetCallerIdentity', () => entered.sts.send(new GetCallerIdentityCommand({})), 'ExpiredTokenException', 403],
    [
      'CloudWatch',
      'cloudwatch:PutMetricData',
      () => entered.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'CNIWatch', MetricData: [] })),
      'Throttling',
      400,
    ],
  ])('%s at %s', async (_, on, ask, name, httpStatusCode) => {
    inject({ on, answer: error(name, httpStatusCode) });
    await expect(ask()).rejects.toMatchObject({ name, message: 'said the sandbox', $metadata: { httpStatusCode } });
  });

  it('Kubernetes', async () => {
    inject({ on: 'GET /api/v1/pods', answer: error('TooManyRequests', 429) });
    expect(await pods()).toMatchObject({ status: 429, body: { kind: 'Status', reason: 'TooManyRequests', code: 429 } });
  });
});

describe('a fault', () => {
  it('strikes as often as it is told to, then no more', async () => {
    inject({ on: 'ec2:DescribeSubnets', times: 2, answer: error('RequestLimitExceeded', 503) });
    await expect(subnets()).rejects.toThrow();
    await expect(subnets()).rejects.toThrow();
    await expect(subnets()).resolves.toBeDefined();
  });

  it('ends when it is lifted', async () => {
    const lift = entered.sandbox.inject({ on: '*', answer: error('InternalError', 500) });
    await expect(subnets()).rejects.toThrow();
    lift();
    await expect(subnets()).resolves.toBeDefined();
  });

  it('strikes one call and leaves the others', async () => {
    inject({ on: 'ec2:DescribeSubnets', answer: error('UnauthorizedOperation', 403) });
    await expect(entered.ec2.send(new DescribeNetworkInterfacesCommand({}))).resolves.toBeDefined();
  });

  it('strikes one cluster and leaves the others', async () => {
    inject({ on: 'GET /*', cluster: 'media-staging', answer: error('ServiceUnavailable', 503) });
    expect((await pods(media)).status).toBe(503);
    expect((await pods(shop)).status).toBe(200);
  });

  it('comes before those that were injected earlier', async () => {
    inject({ on: 'ec2:*', answer: error('UnauthorizedOperation', 403) });
    inject({ on: 'ec2:DescribeSubnets', times: 1, answer: error('RequestLimitExceeded', 503) });
    await expect(subnets()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    await expect(subnets()).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });

  it('is counted as a call', async () => {
    const before = entered.sandbox.calls()['ec2:DescribeSubnets'] ?? 0;
    inject({ on: 'ec2:*', times: 1, answer: { kind: 'drop' } });
    await expect(subnets()).rejects.toThrow();
    expect(entered.sandbox.calls()['ec2:DescribeSubnets']).toBe(before + 1);
  });
});

describe('an answer', () => {
  it('that says when to come again', async () => {
    inject({ on: 'ec2:*', answer: { kind: 'error', code: 'RequestLimitExceeded', status: 503, retryAfterSeconds: 7 } });
    await expect(subnets()).rejects.toMatchObject({ $response: { headers: { 'retry-after': '7' } } });
  });

  it('that is late is whole', async () => {
    inject({ on: 'GET /api/v1/pods', answer: { kind: 'delay', ms: 20 } });
    expect(await pods()).toMatchObject({ status: 200, body: { items: expect.arrayContaining([expect.anything()]) } });
  });

  it('that never comes', async () => {
    inject({ on: 'ec2:*', answer: { kind: 'hang' } });
    const signal = AbortSignal.timeout(200);
    await expect(subnets(signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that is cut in the middle', async () => {
    inject({ on: 'GET /api/v1/pods', answer: { kind: 'truncate' } });
    await expect(pods()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('of a connection that is dropped', async () => {
    inject({ on: 'GET /api/v1/pods', answer: { kind: 'drop' } });
    await expect(pods()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([200, 502])('of somebody else, with status %i', async (status) => {
    inject({ on: 'GET /api/v1/pods', answer: { kind: 'html', status } });
    expect(await pods()).toEqual({ status, body: expect.stringMatching(/^<!DOCTYPE html>/) });
  });

  it('whose next page is itself', async () => {
    inject({ on: '*', answer: { kind: 'loop' } });
    const first = await subnets();
    const again = await entered.ec2.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect(again.NextToken).toBe(first.NextToken);
    const clusters = await entered.eks.send(new ListClustersCommand({}));
    expect(await entered.eks.send(new ListClustersCommand({ nextToken: clusters.nextToken }))).toMatchObject({
      nextToken: clusters.nextToken,
    });
    const { body } = await pods();
    const { continue: token } = (body as { metadata: { continue: string } }).metadata;
    expect(await media.get(`/api/v1/pods?continue=${encodeURIComponent(token)}`)).toMatchObject({
      body: { metadata: { continue: token } },
    });
  });
});
