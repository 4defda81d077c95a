import { CHECKS } from '#lib/checks/index.ts';
import { findingsOpen } from '#lib/evaluate/metrics.ts';
import type { Metric } from '#lib/model/metric.ts';
import { clusterArn } from '#lib/model/target.ts';
import { fleetMetrics } from '#lib/publish/fleet-metrics.ts';
import { runSkipped } from '#lib/publish/state/run-lease.ts';

const hub = { account: '111122223333', region: 'eu-west-1' };
const shape = ({ name, dimensions }: Pick<Metric, 'name' | 'dimensions'>) =>
  `${name} by ${Object.keys(dimensions).sort().join(', ')}`;

/** Every metric that a check or a run publishes, as `Name by Dimension, Dimension`. */
export const PUBLISHED: ReadonlySet<string> = new Set([
  ...CHECKS.flatMap(({ metrics }) =>
    metrics.map(({ name, per }) => `${name} by Account, ${per === 'subnet' ? 'Region, SubnetId' : 'Cluster, Region'}`),
  ),
  ...findingsOpen({ ...hub, name: 'shop', arn: clusterArn(hub.account, hub.region, 'shop') }, []).map(shape),
  ...fleetMetrics({ clusters: [], reported: 0, regionsUnread: 0 }, hub).map(shape),
  shape(runSkipped(hub)),
  // Published where something went wrong: held by the tests of publish-findings.
  'FindingsUnrecorded by Account, Region',
  'EventsUntold by Account, Region',
]);

/** The same form, of a metric that somebody looks for. */
export const wanted = (metric: string, dimensions: readonly string[]): string =>
  `${metric} by ${[...dimensions].sort().join(', ')}`;
