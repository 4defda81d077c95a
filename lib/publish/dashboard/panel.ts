import type { MetricUnit } from '#lib/model/metric.ts';
import type { InsightsQuery } from '#lib/publish/dashboard/insights-query.ts';
import type { MetricSearch } from '#lib/publish/dashboard/search-expression.ts';

/** Lines of one graph. CloudWatch takes one query a graph, and any number of searches (GetMetricData, CloudWatch API reference). */
export type PanelData =
  | { readonly query: InsightsQuery }
  | { readonly searches: readonly (MetricSearch & { readonly label: string })[] };

export type Panel = PanelData & {
  readonly title: string;
  /** What it counts, where the title does not say. */
  readonly description?: string;
  readonly unit: MetricUnit;
};

export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard, whatever shows it. */
export interface Dashboard {
  readonly title: string;
  /** Markdown, above all else. */
  readonly introduction: string;
  readonly sections: readonly Section[];
}

/** With what metrics are published: of a cluster, of a subnet whichever clusters share it, of the hub's runs. */
export const CLUSTER_DIMENSIONS = ['Account', 'Region', 'Cluster'] as const;
export const SUBNET_DIMENSIONS = ['Account', 'Region', 'SubnetId'] as const;
export const RUN_DIMENSIONS = ['Account', 'Region'] as const;

/** What `FindingsOpen` counts apart. */
export const FINDING_SEVERITIES = ['critical', 'warning', 'unknown'] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

/** The clusters with open findings of a severity, those with most of them first. */
export function openFindings(severity: FindingSeverity): InsightsQuery {
  return {
    metric: 'FindingsOpen',
    dimensions: [...CLUSTER_DIMENSIONS, 'Severity'],
    where: [{ label: 'Severity', is: severity }],
    groupBy: CLUSTER_DIMENSIONS,
    worst: 'highest',
  };
}
