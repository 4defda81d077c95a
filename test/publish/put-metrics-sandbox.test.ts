import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import type { Metric } from '#lib/model/metric.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';

const at = new Date('2026-11-24T08:00:00Z');
const dimensions = { Account: '111122223333', Region: 'eu-west-1', Cluster: 'shop' };

test('the sandbox, which refuses what CloudWatch refuses, takes numbers and wide distributions whole', async () => {
  const sandbox = await startSandbox(embeddedFleet(at));
  const [accessKeyId, secretAccessKey] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map(
    (name) => sandbox.environment[name] ?? '',
  );
  const cloudwatch = new CloudWatchClient({
    region: 'eu-west-1',
    endpoint: sandbox.endpoint,
    credentials: { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' },
  });
  const values = Array.from({ length: 400 }, (_, index) => index);
  const metrics: Metric[] = [
    ...values.map((value): Metric => ({ name: 'FreeIps', unit: 'Count', dimensions, value })),
    ...values.map(
      (): Metric => ({ name: 'NodeIps', unit: 'Percent', dimensions, values, counts: values.map((value) => value + 1) }),
    ),
  ];
  try {
    const { requests, rejected } = await putMetrics(metrics, { cloudwatch, at });
    expect(rejected).toEqual([]);
    expect(sandbox.calls()['cloudwatch:PutMetricData']).toBe(requests);
    const published = sandbox.metrics();
    expect(published.every(({ namespace, timestamp }) => namespace === 'CNIWatch' && timestamp === at.getTime() / 1000)).toBe(
      true,
    );
    expect(published.flatMap(({ value }) => value ?? [])).toEqual(values);
    // 400 distributions of 400 values are 3 data each.
    expect(published.filter(({ name }) => name === 'NodeIps')).toHaveLength(1_200);
    expect(published.flatMap((each) => each.values ?? [])).toHaveLength(160_000);
  } finally {
    cloudwatch.destroy();
    await sandbox.close();
  }
});
