import { FINDINGS_OPEN } from '#lib/evaluate/metrics.ts';
import type { Check } from '#lib/model/check.ts';

/** What decides how many series a cluster has. The number of nodes and pods does not: theirs are distributions. */
export interface ClusterShape {
  readonly subnets: number;
}

/**
 * CloudWatch bills each series (a name with its dimensions) as a custom metric: how many these checks make of one cluster.
 * Source: Amazon CloudWatch pricing, "Metrics".
 */
export function seriesPerCluster(checks: readonly Check[], { subnets }: ClusterShape): number {
  const declared = checks.flatMap((check) => check.metrics);
  const perSubnet = declared.filter(({ per }) => per === 'subnet').length;
  return FINDINGS_OPEN.severities.length + (declared.length - perSubnet) + perSubnet * subnets;
}
