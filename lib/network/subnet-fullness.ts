import type { NodeDemand } from '#lib/network/subnet-demand.ts';

/** Percent of the addresses that EC2 hands out. */
export interface FullnessThresholds {
  readonly warningPercent: number;
  readonly criticalPercent: number;
}

export interface Fullness {
  readonly verdict: 'ok' | 'warning' | 'critical' | 'unknown';
  readonly usedPercent: number;
  /** One more node finds too few addresses. */
  readonly refusesNode: boolean;
}

/**
 * More than any type takes at its start: the largest interface there is holds 64 IPv4 addresses.
 * Source: amazon-vpc-cni-k8s pkg/vpc/vpc_ip_resource_limit.go.
 */
const LARGEST_INTERFACE = 64;

/**
 * How full a subnet is, by share and by what one more node needs.
 * @param warmEniTarget whole interfaces that a node of a type not known takes at its start
 */
export function fullness(
  free: number,
  total: number,
  demand: NodeDemand,
  warmEniTarget: number,
  { warningPercent, criticalPercent }: FullnessThresholds,
): Fullness {
  const usedPercent = total > 0 ? (100 * (total - free)) / total : 100;
  const refusesNode = free < demand.addresses;
  if (refusesNode || usedPercent >= criticalPercent) return { verdict: 'critical', usedPercent, refusesNode };
  const mayRefuse = demand.unknownTypes.length > 0 && free < LARGEST_INTERFACE * Math.max(1, warmEniTarget);
  if (mayRefuse) return { verdict: 'unknown', usedPercent, refusesNode };
  return { verdict: usedPercent >= warningPercent ? 'warning' : 'ok', usedPercent, refusesNode };
}
