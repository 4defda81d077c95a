import type { MetricUnit } from '#lib/model/metric.ts';
import type { InsightsQuery } from '#lib/publish/dashboard/insights-query.ts';
import { CLUSTER_DIMENSIONS, SUBNET_DIMENSIONS } from '#lib/publish/dashboard/panel.ts';

/** A metric of a check that, past its threshold, says what is short and where. */
export interface Symptom {
  /** PascalCase: the name of its alarm. */
  readonly id: string;
  readonly title: string;
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly per: 'cluster' | 'subnet';
  /** The check that publishes it. */
  readonly check: string;
  readonly worst: InsightsQuery['worst'];
  /** Bad from here on; by a text, the check's own option of that name. */
  readonly threshold: number | string;
}

const counted = { unit: 'Count', per: 'cluster', worst: 'highest', threshold: 1 } as const;
const absent = { unit: 'Count', per: 'cluster', worst: 'lowest', threshold: 0 } as const;

/** In the order of the questions of a night: what pods wait for, then what they will wait for. */
export const SYMPTOMS: readonly Symptom[] = [
  {
    ...counted,
    id: 'PodsAwaitingNetwork',
    title: 'Pods without a network',
    metric: 'PodsAwaitingNetwork',
    check: 'pods-awaiting-network',
  },
  {
    ...counted,
    id: 'PodSandboxFailures',
    title: 'Pods whose sandbox fails',
    metric: 'PodSandboxFailures',
    check: 'pod-sandbox-failures',
  },
  {
    ...counted,
    id: 'NodesNetworkNotReady',
    title: 'Nodes kept from work by their network',
    metric: 'NodesNetworkNotReady',
    check: 'node-readiness',
  },
  {
    ...counted,
    id: 'CniAgentsNotReady',
    title: 'Nodes without a ready agent of the CNI',
    metric: 'CniAgentsNotReady',
    check: 'cni-agents',
  },
  {
    ...counted,
    id: 'DnsBlockedClasses',
    title: 'Classes of pods cut off from DNS',
    metric: 'DnsBlockedClasses',
    check: 'dns-security-groups',
  },
  { ...absent, id: 'DnsWithoutEndpoints', title: 'CoreDNS pods that answer', metric: 'DnsEndpointsReady', check: 'coredns' },
  { ...absent, id: 'CanaryDnsFails', title: 'Canary pods resolve names (1 is yes)', metric: 'CanaryDnsOk', check: 'canary-dns' },
  {
    ...absent,
    id: 'CanaryEgressFails',
    title: 'Canary pods reach their targets (1 is yes)',
    metric: 'CanaryEgressOk',
    check: 'canary-egress',
  },
  {
    ...counted,
    id: 'NodeLaunchFailures',
    title: 'Launches of nodes that failed',
    metric: 'NodeLaunchFailures',
    check: 'node-launch-failures',
  },
  {
    id: 'SubnetsFull',
    title: 'Used share of subnets',
    metric: 'SubnetUsedPercent',
    unit: 'Percent',
    per: 'subnet',
    check: 'subnet-ip-exhaustion',
    worst: 'highest',
    threshold: 'criticalPercent',
  },
  {
    ...absent,
    id: 'SubnetsWithoutPrefix',
    title: 'Free /28 blocks of subnets',
    metric: 'SubnetFreePrefixes',
    per: 'subnet',
    check: 'subnet-prefix-fragmentation',
  },
];

/** The clusters or subnets where it is worst, these first. */
export function symptomQuery({ metric, per, worst }: Symptom): InsightsQuery {
  const dimensions = per === 'subnet' ? SUBNET_DIMENSIONS : CLUSTER_DIMENSIONS;
  return { metric, dimensions, groupBy: dimensions, worst };
}
