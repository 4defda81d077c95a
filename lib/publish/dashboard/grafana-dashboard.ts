import type { Check } from '#lib/model/check.ts';
import type { MetricUnit } from '#lib/model/metric.ts';
import { clusterSections } from '#lib/publish/dashboard/cluster-dashboard.ts';
import { fleetDashboard } from '#lib/publish/dashboard/fleet-dashboard.ts';
import { insightsQuery } from '#lib/publish/dashboard/insights-query.ts';
import type { Panel, Section } from '#lib/publish/dashboard/panel.ts';
import { searchExpression } from '#lib/publish/dashboard/search-expression.ts';
import { NAMESPACE } from '#lib/publish/put-metrics.ts';

/** The dashboard JSON of Grafana 10, which later ones migrate by themselves. Source: Grafana's schema, kinds/dashboard/dashboard_kind.cue. */
const SCHEMA_VERSION = 38;
const DATASOURCE = { type: 'cloudwatch', uid: '$datasource' };
const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 8;
/** Seconds: a run every five minutes. */
const PERIOD = 300;

/**
 * The fleet and, by variables, one cluster, on Grafana's CloudWatch data source; its credentials read the hub's account.
 * Source: Grafana documentation, "Dashboard JSON model"; the data source's query schema, dataquery.cue.
 */
export function grafanaDashboard(checks: readonly Check[]): object {
  const { introduction, sections } = fleetDashboard();
  const ofCluster = clusterSections(checks, { cluster: '$cluster', region: '$clusterRegion' });
  return {
    title: 'cniwatch',
    uid: 'cniwatch',
    description: introduction,
    tags: ['cniwatch', 'eks', 'kubernetes'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-12h', to: 'now' },
    refresh: '5m',
    annotations: { list: [] },
    links: [],
    templating: { list: VARIABLES },
    panels: panels([...sections, ...ofCluster.map(({ title, panels }) => ({ title: `$cluster: ${title}`, panels }))]),
  };
}

const VARIABLES = [
  { name: 'datasource', label: 'CloudWatch of the hub', type: 'datasource', query: 'cloudwatch', refresh: 1 },
  fromCloudWatch('region', 'Region of the hub', 'regions()'),
  fromCloudWatch('clusterRegion', 'Region of the cluster', `dimension_values($region, ${NAMESPACE}, FindingsOpen, Region)`),
  fromCloudWatch(
    'cluster',
    'Cluster',
    `dimension_values($region, ${NAMESPACE}, FindingsOpen, Cluster, {"Region": "$clusterRegion"})`,
  ),
];

function fromCloudWatch(name: string, label: string, query: string) {
  return { name, label, type: 'query', datasource: DATASOURCE, query, refresh: 1, sort: 1, multi: false, includeAll: false };
}

function panels(sections: readonly Section[]): readonly object[] {
  const made: object[] = [];
  let y = 0;
  const add = (panel: object, gridPos: { x: number; w: number; h: number }): void => {
    made.push({ id: made.length + 1, gridPos: { ...gridPos, y }, ...panel });
  };
  for (const { title, panels: ofSection } of sections) {
    add({ type: 'row', title, collapsed: false, panels: [] }, { x: 0, w: COLUMNS, h: 1 });
    y += 1;
    for (const [index, panel] of ofSection.entries()) {
      const x = (index * WIDTH) % COLUMNS;
      add(timeSeries(panel), { x, w: WIDTH, h: HEIGHT });
      if (x + WIDTH === COLUMNS || index === ofSection.length - 1) y += HEIGHT;
    }
  }
  return made;
}

const UNITS: Readonly<Record<MetricUnit, string>> = { Count: 'short', Percent: 'percent', Seconds: 's', Milliseconds: 'ms' };

function timeSeries(panel: Panel): object {
  return {
    type: 'timeseries',
    title: panel.title,
    ...(panel.description === undefined ? {} : { description: panel.description }),
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit: UNITS[panel.unit], min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: targets(panel),
  };
}

/** `metricQueryType` 0 is a search and 1 a query; `metricEditorMode` 1 is code: what stands in the expression is sent as it is. */
function targets(panel: Panel): readonly object[] {
  const target = { datasource: DATASOURCE, queryMode: 'Metrics', metricEditorMode: 1, region: '$region', namespace: NAMESPACE };
  const period = String(PERIOD);
  if ('query' in panel)
    return [{ ...target, refId: 'A', id: 'q1', metricQueryType: 1, sqlExpression: insightsQuery(panel.query), period }];
  return panel.searches.map((search, index) => ({
    ...target,
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    id: `e${index + 1}`,
    metricQueryType: 0,
    expression: searchExpression(search, PERIOD),
    label: search.label,
    period,
  }));
}
