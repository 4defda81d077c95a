import { expect, test } from 'vitest';
import type { FailureCode } from '#lib/model/failure.ts';
import { VERDICTS_WORST_FIRST, type Verdict } from '#lib/model/verdict.ts';
import { fleetMetrics } from '#lib/publish/fleet-metrics.ts';

const hub = { account: '111122223333', region: 'eu-west-1' };
const cluster = (verdict: Verdict, unknown = 0, ...failures: FailureCode[]) => ({
  verdict,
  collectors: failures.map((code) => ({ id: 'subnets', ok: false, code, durationMs: 1, calls: {}, pages: 0 })),
  summary: { ok: 1, warning: 0, critical: 0, unknown, notApplicable: 0 },
});
const values = (fleet: Parameters<typeof fleetMetrics>[0]) =>
  Object.fromEntries(
    fleetMetrics(fleet, hub).map((metric) => [
      [metric.name, metric.dimensions['Severity']].join(' ').trim(),
      'value' in metric && metric.value,
    ]),
  );

test('an empty fleet reports its run, and zero of everything, so that alarms have data', () => {
  expect(values({ clusters: [], reported: 0, regionsUnread: 0 })).toEqual({
    RunCompleted: 1,
    ClustersExpected: 0,
    ClustersReported: 0,
    ClustersMissing: 0,
    RegionsUnread: 0,
    ChecksUnknown: 0,
    CollectorsThrottled: 0,
    CollectorsCutOff: 0,
    ...Object.fromEntries(VERDICTS_WORST_FIRST.map((verdict) => [`ClusterVerdict ${verdict}`, 0])),
  });
});

test('clusters are counted by verdict, unknown checks over all of them', () => {
  const clusters = [cluster('ok'), cluster('unknown', 2), cluster('critical', 1), cluster('critical')];
  expect(values({ clusters, reported: 3, regionsUnread: 1 })).toMatchObject({
    ClustersExpected: 4,
    ClustersReported: 3,
    ClustersMissing: 1,
    RegionsUnread: 1,
    ChecksUnknown: 3,
    'ClusterVerdict critical': 2,
    'ClusterVerdict unknown': 1,
    'ClusterVerdict ok': 1,
    'ClusterVerdict warning': 0,
  });
});

test('reads that were throttled or cut off by the deadline are counted over all clusters, and no other failure is', () => {
  const clusters = [cluster('unknown', 2, 'Throttled', 'AccessDenied', 'Throttled'), cluster('unknown', 1, 'DeadlineExceeded')];
  expect(values({ clusters, reported: 2, regionsUnread: 0 })).toMatchObject({ CollectorsThrottled: 2, CollectorsCutOff: 1 });
});

test("they bear the hub's account and Region, and no cluster", () => {
  for (const { dimensions } of fleetMetrics({ clusters: [], reported: 0, regionsUnread: 0 }, hub)) {
    expect(dimensions).toMatchObject({ Account: hub.account, Region: hub.region });
    expect(dimensions).not.toHaveProperty('Cluster');
  }
});
