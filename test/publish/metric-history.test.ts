/** Through the real CloudWatch client, from the sandbox. */

import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Check } from '#lib/model/check.ts';
import { clusterArn } from '#lib/model/target.ts';
import { type Ring, ringHistory } from '#lib/publish/history-ring.ts';
import { readMetricHistory, wantedSeries } from '#lib/publish/metric-history.ts';
import { recallMetrics } from '#lib/publish/recall.ts';
import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { MetricSeries } from '#lib/sandbox/world.ts';
import { type Entered, enter, NOW } from '#test/sandbox/start.ts';
import { aCheck } from '#test/scenarios/checks.ts';
import { ACCOUNT, anEni, aSnapshot, REGION } from '#test/scenarios/slices.ts';

const HOUR = 3_600_000;
const TARGET = { account: ACCOUNT, region: REGION, name: 'shop-prod', arn: clusterArn(ACCOUNT, REGION, 'shop-prod') };
const FREE: Check = aCheck({
  metrics: [
    { name: 'SubnetFreeIps', unit: 'Count', per: 'subnet', description: 'free' },
    { name: 'SubnetUsedPercent', unit: 'Percent', per: 'subnet', description: 'used' },
    { name: 'NodesCordoned', unit: 'Count', per: 'cluster', description: 'cordoned' },
  ],
  history: { SubnetFreeIps: 'free addresses', NodesCordoned: 'cordoned nodes', NodePodsMost: 'pods' },
  options: z.object({}),
});

/** A reading every five minutes of the last `hours`, as many as the hours are old. */
function history(subnetId: string, hours: number): MetricSeries {
  const points = Array.from({ length: hours * 12 }, (_, index) => {
    const age = hours - index / 12;
    return { at: new Date(NOW.getTime() - age * HOUR).toISOString(), value: Math.ceil(age) };
  });
  const dimensions = { Account: ACCOUNT, Region: REGION, SubnetId: subnetId };
  return { namespace: 'CNIWatch', name: 'SubnetFreeIps', dimensions, points };
}

let entered: Entered;
beforeEach(async () => {
  const world = buildWorld({ account: ACCOUNT, region: REGION, now: NOW, vpcs: [] });
  entered = await enter({ ...world, metricHistory: [history('subnet-a', 30 * 24), history('subnet-b', 3)] }, { now: () => NOW });
});
afterEach(() => entered[Symbol.asyncDispose]());

const read = (ids: readonly string[], known: Ring = new Map()) =>
  readMetricHistory(wantedSeries([FREE], TARGET, ids, known), { cloudwatch: entered.cloudwatch, now: NOW });
const ages = (ring: Ring, id: string) =>
  ringHistory(ring)
    .points('SubnetFreeIps', id)
    .map(({ at }) => (NOW.getTime() - Date.parse(at)) / HOUR);

describe('wantedSeries', () => {
  const one = { series: 'SubnetFreeIps', id: 'subnet-a', dimensions: { Account: ACCOUNT, Region: REGION, SubnetId: 'subnet-a' } };

  it("are the subnets' metrics that a check keeps readings of", () => {
    expect(wantedSeries([FREE], TARGET, ['subnet-a'], new Map())).toEqual([one]);
  });

  it('are none of a series that is kept already: a run must not ask for the same in vain again and again', () => {
    const known: Ring = new Map([['SubnetFreeIps', new Map([['subnet-b', { at: [1], value: [2] }]])]]);
    expect(wantedSeries([FREE], TARGET, ['subnet-a', 'subnet-b'], known)).toEqual([]);
  });
});

describe('readMetricHistory', () => {
  it('has every five minutes of two days and every hour of four weeks', async () => {
    const found = ages(await read(['subnet-a']), 'subnet-a');
    expect(found.filter((age) => age <= 48).length).toBeGreaterThan(12 * 47);
    const coarse = found.filter((age) => age > 48.5);
    expect(coarse.length).toBeGreaterThan(24 * 25);
    expect(coarse.length).toBeLessThanOrEqual(24 * 26);
    expect(Math.max(...found)).toBeLessThanOrEqual(28 * 24);
    expect(found).toEqual(found.toSorted((a, b) => b - a));
  });

  it('has the values that were published', async () => {
    const points = ringHistory(await read(['subnet-b'])).points('SubnetFreeIps', 'subnet-b');
    expect(points[0]?.value).toBe(3);
    expect(points.at(-1)?.value).toBe(1);
  });

  it('leaves out what was never published, and asks once for many subnets', async () => {
    const many = Array.from({ length: 499 }, (_, index) => `subnet-${index}`);
    const ring = await read([...many, 'subnet-b']);
    expect([...(ring.get('SubnetFreeIps')?.keys() ?? [])]).toEqual(['subnet-b']);
    expect(entered.sandbox.calls()['cloudwatch:GetMetricData']).toBe(2);
  });

  it('asks nothing where nothing is wanted', async () => {
    expect(await read([])).toEqual(new Map());
    expect(entered.sandbox.calls()).toEqual({});
  });

  it('throws what CloudWatch throws', async () => {
    entered.sandbox.inject({ on: 'cloudwatch:GetMetricData', answer: { kind: 'error', code: 'AccessDenied', status: 403 } });
    await expect(read(['subnet-a'])).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('throws what it could not read whole', async () => {
    const wanted = wantedSeries([FREE], TARGET, ['subnet-a'], new Map());
    const cloudwatch = new CloudWatchClient({ region: REGION });
    mockClient(cloudwatch)
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [{ Id: 'q0', StatusCode: 'InternalError', Messages: [{ Value: 'try again' }] }] });
    await expect(readMetricHistory(wanted, { cloudwatch, now: NOW })).rejects.toThrow(
      'GetMetricData answered InternalError for q0: try again',
    );
  });
});

describe('recallMetrics', () => {
  const snapshot = aSnapshot({ networkInterfaces: [anEni({ subnetId: 'subnet-b' })] });
  const options = () => ({ checks: [FREE], cloudwatch: entered.cloudwatch });

  it('has the subnets of the Snapshot', async () => {
    const { ring, problems } = await recallMetrics({ ...snapshot, takenAt: NOW.toISOString() }, new Map(), options());
    expect(problems).toEqual([]);
    expect([...(ring.get('SubnetFreeIps')?.keys() ?? [])].toSorted()).toEqual(['subnet-a', 'subnet-b']);
  });

  it('says why there is less past, and goes on with what is known', async () => {
    entered.sandbox.inject({ on: 'cloudwatch:GetMetricData', answer: { kind: 'error', code: 'AccessDenied', status: 403 } });
    const known: Ring = new Map([['NodePodsMost', new Map([['m5.large', { at: [1], value: [2] }]])]]);
    const { ring, problems } = await recallMetrics(snapshot, known, options());
    expect(ring).toEqual(known);
    expect(problems).toEqual([expect.stringMatching(/^the history of published metrics could not be read \(AccessDenied/)]);
  });
});
