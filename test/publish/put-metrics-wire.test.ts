import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Metric } from '#lib/model/metric.ts';
import { metricData } from '#lib/publish/metric-data.ts';
import { putMetrics, REQUEST_LIMITS, wireBytes } from '#lib/publish/put-metrics.ts';

const at = new Date('2026-11-24T08:00:00.250Z');
const dimensions = { Account: '111122223333', Region: 'eu-west-1', Cluster: 'shop' };

const anyMetric: fc.Arbitrary<Metric> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 255, unit: 'grapheme' }),
    dimensions: fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,12}$/), fc.stringMatching(/^[!-~]{1,1024}$/), { maxKeys: 4 }),
    readings: fc.array(fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1 })), {
      maxLength: 400,
    }),
  })
  .map(({ name, dimensions, readings }) => ({
    name,
    unit: 'Percent',
    dimensions,
    values: readings.map(([value]) => Math.max(-1e9, Math.min(1e9, value))),
    counts: readings.map(([, count]) => count),
  }));

interface WireRequest {
  /** Before compression. */
  readonly body: Buffer;
  /** Bytes as received. */
  readonly received: number;
}

/** What the real client puts on the wire, before compression and as received. */
async function onTheWire(metrics: readonly Metric[]): Promise<WireRequest[]> {
  const requests: WireRequest[] = [];
  const server = createServer(async (request, response) => {
    const received = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(received) : received;
    requests.push({ body, received: received.length });
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const real = new CloudWatchClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  try {
    await putMetrics(metrics, { cloudwatch: real, at });
  } finally {
    real.destroy();
    server.close();
  }
  return requests;
}

test('the bytes counted are the bytes that the client sends, whatever the names and values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMetric, { minLength: 1, maxLength: 5 }), async (metrics) => {
      const data = metrics.flatMap((each) => metricData(each, at));
      const bodies = (await onTheWire(metrics)).map(({ body }) => body.length);
      const frame = Buffer.byteLength('{"Namespace":"CNIWatch","MetricData":[]}') - 1;
      const counted = data.reduce((sum, datum) => sum + wireBytes(datum), 0);
      expect(bodies.reduce((sum, bytes) => sum + bytes, 0)).toBe(bodies.length === 0 ? 0 : counted + bodies.length * frame);
    }),
    { numRuns: 25 },
  );
});

test('wide distributions are cut by bytes: every request stays under 1 MB before compression', async () => {
  const values = Array.from({ length: 150 }, (_, index) => index + Math.PI);
  const wide: Metric = { name: 'NodeIpsUsed', unit: 'Percent', dimensions, values, counts: values.map(() => 123_456) };
  const requests = await onTheWire(Array.from({ length: 900 }, () => wide));
  expect(requests.length).toBeGreaterThan(1);
  for (const { body, received } of requests) {
    expect(body.length).toBeLessThanOrEqual(1_000_000);
    expect(received).toBeLessThanOrEqual(body.length);
  }
  expect(requests.reduce((sum, { body }) => sum + JSON.parse(body.toString()).MetricData.length, 0)).toBe(900);
  expect(REQUEST_LIMITS.bytes).toBeLessThan(1_000_000);
});
