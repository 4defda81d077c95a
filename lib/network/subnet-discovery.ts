import type { Subnet } from '#lib/model/ec2.ts';
import { versionAtLeast } from '#lib/network/cni.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/**
 * How the VPC CNI looks for subnets beside the node's own. `none` before 1.18 or where switched off; `presence` until 1.22.0, where
 * only the tag's presence counts; `value` from 1.22.1 on; `unknown` where the version cannot be told.
 * Source: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go.
 */
export type SubnetDiscovery = 'none' | 'presence' | 'value' | 'unknown';

export function subnetDiscovery({ subnetDiscovery: enabled, version }: VpcCniSettings): SubnetDiscovery {
  if (!enabled) return 'none';
  const least = (wanted: string) => versionAtLeast(version, wanted);
  if (least('1.18.0') === undefined) return 'unknown';
  if (!least('1.18.0')) return 'none';
  return least('1.22.1') ? 'value' : 'presence';
}

const ROLE_TAG = 'kubernetes.io/role/cni';
const CLUSTER_TAG = 'cni.networking.k8s.aws/cluster/';

/** Whether pods of a node may draw from a subnet of the node's VPC and zone. `own` is the node's own subnet. */
export function drawsFrom(subnet: Subnet, own: boolean, discovery: SubnetDiscovery, clusterName: string | undefined): boolean {
  const role = subnet.tags[ROLE_TAG];
  switch (discovery) {
    case 'none':
      return own;
    case 'presence':
    case 'unknown':
      return own || role !== undefined;
    case 'value':
      if (role === undefined) return own;
      return role !== '0' && isForCluster(subnet, clusterName);
  }
}

/** A subnet tagged for clusters serves these only; the CNI can tell only where CLUSTER_NAME is set. */
function isForCluster({ tags }: Subnet, clusterName: string | undefined): boolean {
  if (clusterName === undefined) return true;
  const clusters = Object.keys(tags).filter((key) => key.startsWith(CLUSTER_TAG));
  return clusters.length === 0 || clusters.includes(CLUSTER_TAG + clusterName);
}
