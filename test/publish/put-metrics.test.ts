import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test } from 'vitest';
import type { Metric } from '#lib/model/metric.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';

const at = new Date('2026-11-24T08:00:00.250Z');
const dimensions = { Account: '111122223333', Region: 'eu-west-1', Cluster: 'shop' };
const metric = (value: number): Metric => ({ name: 'FreeIps', unit: 'Count', dimensions, value });

const cloudwatch = mockClient(CloudWatchClient);
afterEach(() => cloudwatch.reset());
const client = new CloudWatchClient({ region: 'eu-west-1' });
const sent = () => cloudwatch.commandCalls(PutMetricDataCommand).map((call) => call.args[0].input);

test('metrics go to the namespace CNIWatch, 1,000 a request', async () => {
  const { requests } = await putMetrics(
    Array.from({ length: 2_001 }, (_, index) => metric(index)),
    { cloudwatch: client, at },
  );
  expect(requests).toBe(3);
  expect(sent().map((input) => [input.Namespace, input.MetricData?.length])).toEqual([
    ['CNIWatch', 1_000],
    ['CNIWatch', 1_000],
    ['CNIWatch', 1],
  ]);
  expect(sent().flatMap((input) => input.MetricData?.map((datum) => datum.Value))).toEqual([...Array(2_001).keys()]);
});

test('no metrics, no request', async () => {
  expect(await putMetrics([], { cloudwatch: client, at })).toEqual({ requests: 0, rejected: [] });
  expect(sent()).toEqual([]);
});

test('a metric that CloudWatch would refuse is reported and the others are sent', async () => {
  const { rejected } = await putMetrics([metric(1), metric(Number.NaN), metric(2)], { cloudwatch: client, at });
  expect(rejected).toEqual([{ metric: metric(Number.NaN), reason: expect.stringContaining('NaN') }]);
  expect(sent().flatMap((input) => input.MetricData?.map((datum) => datum.Value))).toEqual([1, 2]);
});

test("a refusal of the service is the caller's to see", async () => {
  cloudwatch.on(PutMetricDataCommand).rejects(new Error('AccessDenied'));
  await expect(putMetrics([metric(1)], { cloudwatch: client, at })).rejects.toThrow('AccessDenied');
});
