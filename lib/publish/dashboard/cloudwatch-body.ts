import type { MetricUnit } from '#lib/model/metric.ts';
import { insightsQuery } from '#lib/publish/dashboard/insights-query.ts';
import type { Dashboard, Panel } from '#lib/publish/dashboard/panel.ts';
import { searchExpression } from '#lib/publish/dashboard/search-expression.ts';

export interface CloudWatchOptions {
  /** Where the metrics are: the Region of the hub. */
  readonly region: string;
  /** Seconds from one run to the next. */
  readonly period: number;
  /** ARNs of alarms whose state is shown on top. */
  readonly alarms?: readonly string[];
}

const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 6;

interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface DashboardBody {
  readonly start: string;
  readonly periodOverride: 'inherit';
  readonly widgets: readonly Widget[];
}

/**
 * What PutDashboard takes as `DashboardBody`: text, alarms and metrics alone, nothing that calls a function.
 * Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
 */
export function cloudWatchBody({ introduction, sections }: Dashboard, options: CloudWatchOptions): DashboardBody {
  const widgets: Widget[] = [];
  let y = 0;
  const across = (type: Widget['type'], height: number, properties: Widget['properties']): void => {
    widgets.push({ type, x: 0, y, width: COLUMNS, height, properties });
    y += height;
  };
  across('text', 2, { markdown: introduction });
  if (options.alarms !== undefined) across('alarm', 3, { title: 'Alarms', alarms: options.alarms });
  for (const { title, panels } of sections) {
    across('text', 1, { markdown: `## ${title}` });
    for (const [index, panel] of panels.entries()) {
      const x = (index * WIDTH) % COLUMNS;
      widgets.push({ type: 'metric', x, y, width: WIDTH, height: HEIGHT, properties: graph(panel, options) });
      if (x + WIDTH === COLUMNS || index === panels.length - 1) y += HEIGHT;
    }
  }
  // The periods are those of the runs: a coarser one would be no truer.
  return { start: '-PT12H', periodOverride: 'inherit', widgets };
}

const AXES: Readonly<Record<MetricUnit, Readonly<Record<string, unknown>>>> = {
  Count: { min: 0, showUnits: false },
  Percent: { min: 0, max: 100, label: '%', showUnits: false },
  Seconds: { min: 0, label: 's', showUnits: false },
  Milliseconds: { min: 0, label: 'ms', showUnits: false },
};

function graph(panel: Panel, { region, period }: CloudWatchOptions): Widget['properties'] {
  return {
    title: panel.title,
    view: 'timeSeries',
    stacked: false,
    region,
    period,
    stat: 'Maximum',
    yAxis: { left: AXES[panel.unit] },
    metrics:
      'query' in panel
        ? [[{ id: 'q1', expression: insightsQuery(panel.query) }]]
        : panel.searches.map((search, index) => [
            { id: `e${index + 1}`, expression: searchExpression(search, period), label: search.label },
          ]),
  };
}
