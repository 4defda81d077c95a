import { need } from '#lib/collect/needs.ts';
import type { NeededSlices } from '#lib/model/collector.ts';
import { dataOf } from '#lib/model/slice.ts';

export const SCOPE_NEEDS = ['cluster', 'subnets', 'instances', 'eniConfigs'] as const;

/**
 * The subnets that this cluster's nodes and pods can use: EKS's own, those of instances and ENIConfigs, and tagged siblings that the
 * CNI may discover. Where one of these sources failed, every subnet of the VPC, so that nothing is overlooked.
 * Source: amazon-vpc-cni-k8s, pkg/awsutils/awsutils.go (subnet discovery by the tag kubernetes.io/role/cni).
 * @throws ReadFailure InputMissing where the VPC's subnets could not be read
 */
export function subnetsInScope(slices: NeededSlices<(typeof SCOPE_NEEDS)[number]>): string[] {
  const ofVpc = need(slices.subnets, 'subnets');
  const instances = dataOf(slices.instances);
  const eniConfigs = dataOf(slices.eniConfigs);
  if (instances === undefined || eniConfigs === undefined) return ofVpc.map(({ subnetId }) => subnetId);
  const named = new Set([
    ...need(slices.cluster, 'cluster').subnetIds,
    ...instances.map(({ subnetId }) => subnetId),
    ...eniConfigs.map(({ subnet }) => subnet),
  ]);
  return ofVpc
    .filter(({ subnetId, tags }) => named.has(subnetId) || tags['kubernetes.io/role/cni'] !== undefined)
    .map(({ subnetId }) => subnetId);
}
