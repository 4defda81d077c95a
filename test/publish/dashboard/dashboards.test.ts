import { describe, expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { cloudWatchBody } from '#lib/publish/dashboard/cloudwatch-body.ts';
import { clusterDashboard } from '#lib/publish/dashboard/cluster-dashboard.ts';
import { fleetDashboard } from '#lib/publish/dashboard/fleet-dashboard.ts';
import { insightsQuery } from '#lib/publish/dashboard/insights-query.ts';
import type { Dashboard } from '#lib/publish/dashboard/panel.ts';
import { searchExpression } from '#lib/publish/dashboard/search-expression.ts';
import { parseInsights, parseSearch } from '#test/publish/dashboard/insights-grammar.ts';
import { PUBLISHED, wanted } from '#test/publish/dashboard/published-metrics.ts';

const view = { cluster: 'shop-prod', region: 'eu-west-1' };
const dashboards: readonly (readonly [string, Dashboard])[] = [
  ['the fleet', fleetDashboard()],
  ['a cluster', clusterDashboard(CHECKS, view)],
  [
    'a cluster of an account, with its subnets',
    clusterDashboard(CHECKS, { ...view, account: '111122223333', subnets: ['subnet-a', 'subnet-b'] }),
  ],
];
interface Line {
  readonly expression: string;
}
const bodyOf = (dashboard: Dashboard, alarms?: readonly string[]) =>
  cloudWatchBody(dashboard, { region: 'eu-central-1', period: 300, ...(alarms ? { alarms } : {}) });
const graphs = (dashboard: Dashboard) =>
  bodyOf(dashboard).widgets.flatMap(({ type, properties }) =>
    type === 'metric' ? [(properties['metrics'] as [Line][]).map(([line]) => line.expression)] : [],
  );
const parsed = (expression: string) => (expression.startsWith('SELECT') ? parseInsights(expression) : parseSearch(expression));

describe.each(dashboards)('the dashboard of %s', (_name, dashboard) => {
  test('shows what checks and runs publish, by the dimensions that they publish it with', () => {
    const looked = graphs(dashboard).flat().map(parsed);
    expect(looked).not.toEqual([]);
    expect(looked.map(({ namespace }) => namespace).filter((namespace) => namespace !== 'CNIWatch')).toEqual([]);
    expect(looked.map(({ metric, dimensions }) => wanted(metric, dimensions)).filter((each) => !PUBLISHED.has(each))).toEqual([]);
  });

  test('has at most one query a graph, and groups by dimensions of the metric alone', () => {
    for (const expressions of graphs(dashboard)) {
      const queries = expressions.filter((each) => each.startsWith('SELECT'));
      if (queries.length > 0) expect(expressions).toHaveLength(1);
      for (const { dimensions, groupBy, where } of queries.map(parseInsights))
        expect([...groupBy, ...where.map(({ label }) => label)].filter((label) => !dimensions.includes(label))).toEqual([]);
    }
  });

  test('lays its widgets out side by side, none over another and none beyond the edge', () => {
    const cells = bodyOf(dashboard).widgets.flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('is text, alarms and metrics, all of the Region of the hub, and few enough', () => {
    const { widgets } = bodyOf(dashboard);
    expect(widgets.length).toBeLessThanOrEqual(500);
    for (const { type, properties } of widgets) {
      expect(['text', 'metric']).toContain(type);
      if (type === 'metric') expect(properties).toMatchObject({ region: 'eu-central-1', period: 300, view: 'timeSeries' });
    }
  });
});

test('the fleet shows every metric of a run', () => {
  const shown = new Set(
    graphs(fleetDashboard())
      .flat()
      .map(parsed)
      .map(({ metric, dimensions }) => wanted(metric, dimensions)),
  );
  expect([...PUBLISHED].filter((each) => !/Cluster,|SubnetId/.test(each) && !shown.has(each))).toEqual([]);
});

test('a cluster shows every metric of every check', () => {
  const shown = new Set(
    graphs(clusterDashboard(CHECKS, view))
      .flat()
      .map(parsed)
      .map(({ metric }) => metric),
  );
  expect(CHECKS.flatMap(({ metrics }) => metrics).filter(({ name }) => !shown.has(name))).toEqual([]);
});

test('a cluster is found by name and Region, and by account where it is given; its subnets by their ids', () => {
  const searches = graphs(clusterDashboard(CHECKS, { ...view, account: '111122223333', subnets: ['subnet-a', 'subnet-b'] }))
    .flat()
    .map(parseSearch);
  for (const { where } of searches)
    expect([
      { Account: ['111122223333'], Region: ['eu-west-1'], Cluster: ['shop-prod'] },
      { Account: ['111122223333'], Region: ['eu-west-1'], SubnetId: ['subnet-a', 'subnet-b'] },
    ]).toContainEqual(where);
});

test('alarms stand on top, where there are any', () => {
  expect(bodyOf(fleetDashboard(), ['arn:alarm']).widgets[1]).toMatchObject({
    type: 'alarm',
    properties: { alarms: ['arn:alarm'] },
  });
});

test.each(["it's", 'a"b', '', "x' OR '1'='1"])('%j cannot stand in a query or a search', (cluster) => {
  const dimensions = ['Account', 'Region', 'Cluster'];
  const where = [{ label: 'Cluster', is: cluster }];
  expect(() => insightsQuery({ metric: 'WarmIps', dimensions, where, groupBy: ['Cluster'], worst: 'highest' })).toThrow(
    'cannot stand',
  );
  const search = { metric: 'WarmIps', dimensions, where: { Cluster: cluster }, statistic: 'Maximum' } as const;
  expect(() => searchExpression(search, 300)).toThrow('cannot stand');
});

test('a query names exactly the dimensions, and the worst come first', () => {
  const dimensions = ['Account', 'Region', 'SubnetId'];
  const where = [
    { label: 'Account', isNot: '111122223333' },
    { label: 'Account', isNot: '444455556666' },
  ];
  expect(
    insightsQuery({ metric: 'SubnetFreePrefixes', dimensions, where, groupBy: dimensions, worst: 'lowest', limit: 10 }),
  ).toBe(
    'SELECT MIN("SubnetFreePrefixes") FROM SCHEMA("CNIWatch", "Account", "Region", "SubnetId") ' +
      `WHERE "Account" != '111122223333' AND "Account" != '444455556666' GROUP BY "Account", "Region", "SubnetId" ORDER BY MIN() ASC LIMIT 10`,
  );
});

test.each([
  ['no ORDER BY', 'SELECT MAX("A") FROM SCHEMA("CNIWatch", "Account") GROUP BY "Account"'],
  ['a word without quotation marks', 'SELECT MAX("A") FROM SCHEMA("CNIWatch", Account) GROUP BY "Account" ORDER BY MAX() DESC'],
  ['two functions', 'SELECT MAX("A") FROM SCHEMA("CNIWatch", "Account") GROUP BY "Account" ORDER BY MIN() DESC'],
  ['more after its end', 'SELECT MAX("A") FROM SCHEMA("CNIWatch", "Account") GROUP BY "Account" ORDER BY MAX() DESC LIMIT 1 2'],
])('the grammar of these tests refuses a query with %s', (_title, query) => {
  expect(() => parseInsights(query)).toThrow('expected before');
});
