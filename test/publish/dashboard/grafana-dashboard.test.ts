import { expect, test } from 'vitest';
import * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import { grafanaDashboard } from '#lib/publish/dashboard/grafana-dashboard.ts';
import { parseInsights, parseSearch } from '#test/publish/dashboard/insights-grammar.ts';
import { PUBLISHED, wanted } from '#test/publish/dashboard/published-metrics.ts';

const datasource = z.strictObject({ type: z.literal('cloudwatch'), uid: z.string() });
const gridPos = z.strictObject({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});
const target = z.strictObject({
  datasource,
  refId: z.string().regex(/^[A-Z]$/),
  id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
  queryMode: z.literal('Metrics'),
  metricQueryType: z.union([z.literal(0), z.literal(1)]),
  metricEditorMode: z.literal(1),
  region: z.string(),
  namespace: z.literal('CNIWatch'),
  period: z.string(),
  label: z.string().optional(),
  expression: z.string().optional(),
  sqlExpression: z.string().optional(),
});
const panel = z.discriminatedUnion('type', [
  z.strictObject({
    id: z.int(),
    type: z.literal('row'),
    title: z.string(),
    collapsed: z.boolean(),
    panels: z.tuple([]),
    gridPos,
  }),
  z.strictObject({
    id: z.int(),
    type: z.literal('timeseries'),
    title: z.string(),
    description: z.string().optional(),
    datasource,
    gridPos,
    fieldConfig: z.strictObject({ defaults: z.strictObject({ unit: z.string(), min: z.number() }), overrides: z.tuple([]) }),
    options: z.strictObject({
      legend: z.strictObject({
        displayMode: z.enum(['list', 'table', 'hidden']),
        placement: z.enum(['bottom', 'right']),
        showLegend: z.boolean(),
      }),
      tooltip: z.strictObject({ mode: z.enum(['single', 'multi', 'none']), sort: z.enum(['asc', 'desc', 'none']) }),
    }),
    targets: z.array(target).min(1),
  }),
]);
const variable = z.strictObject({
  name: z.string(),
  label: z.string(),
  type: z.enum(['query', 'datasource']),
  datasource: datasource.optional(),
  query: z.string(),
  refresh: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  sort: z.int().min(0).max(6).optional(),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
});
/** The fields of Grafana's published schemas that cniwatch writes, strictly: kinds/dashboard/dashboard_kind.cue and dataquery.cue. */
const schema = z.strictObject({
  title: z.string(),
  uid: z.string().max(40),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.int().min(36),
  version: z.int(),
  editable: z.boolean(),
  graphTooltip: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  timezone: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  refresh: z.string(),
  annotations: z.strictObject({ list: z.array(z.unknown()) }),
  links: z.array(z.unknown()),
  templating: z.strictObject({ list: z.array(variable) }),
  panels: z.array(panel),
});

const dashboard = schema.parse(JSON.parse(JSON.stringify(grafanaDashboard(CHECKS))));
const targets = dashboard.panels.flatMap((each) => (each.type === 'timeseries' ? each.targets : []));

test('every panel has an id of its own and a place of its own', () => {
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

test('it looks for what is published, by the dimensions that it is published with', () => {
  const looked = targets.map(({ metricQueryType, sqlExpression = '', expression = '' }) =>
    metricQueryType === 1 ? parseInsights(sqlExpression) : parseSearch(expression),
  );
  expect(looked.map(({ metric, dimensions }) => wanted(metric, dimensions)).filter((each) => !PUBLISHED.has(each))).toEqual([]);
});

test('every variable that it uses is one of its own', () => {
  const own = new Set(dashboard.templating.list.map(({ name }) => name));
  const used = [...JSON.stringify(dashboard).matchAll(/\$([a-zA-Z]+)/g)].map(([, name = '']) => name);
  expect(used.filter((name) => !own.has(name))).toEqual([]);
  expect([...own].filter((name) => !used.includes(name))).toEqual([]);
});

test('letters of the targets of a panel do not repeat', () => {
  for (const each of dashboard.panels)
    if (each.type === 'timeseries') expect(new Set(each.targets.map(({ refId }) => refId)).size).toBe(each.targets.length);
});
