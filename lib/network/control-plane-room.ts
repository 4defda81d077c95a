import type { Subnet } from '#lib/model/ec2.ts';

/**
 * Free addresses that an update of the cluster may take in its own subnets.
 * Source: Amazon EKS User Guide, "Update existing cluster to new Kubernetes version".
 */
export const UPGRADE_ADDRESSES = 5;
/** Zones that the cluster's subnets must lie in. Source: Amazon EKS User Guide, "View Amazon EKS networking requirements". */
export const REQUIRED_ZONES = 2;

/** What EKS finds in the subnets that the cluster was given for its control plane. */
export interface ControlPlaneRoom {
  readonly subnets: readonly Subnet[];
  /** Named by the cluster and not in its VPC. */
  readonly missing: readonly string[];
  /** In all of them together. */
  readonly free: number;
  /** Zones whose subnets together have the addresses that an update may take. */
  readonly zonesWithRoom: readonly string[];
  /** Subnets with fewer free than `perSubnet`. */
  readonly short: readonly Subnet[];
  readonly suffices: boolean;
}

/**
 * EKS puts new interfaces into any of the cluster's subnets, and in at least two zones. Whether the addresses of one zone do is not
 * said: so each of two zones must have all that an update may take.
 * @param ofVpc every subnet of the VPC that could be read
 */
export function controlPlaneRoom(
  subnetIds: readonly string[],
  ofVpc: readonly Subnet[],
  { upgradeAddresses, perSubnet }: { readonly upgradeAddresses: number; readonly perSubnet: number },
): ControlPlaneRoom {
  const byId = new Map(ofVpc.map((subnet) => [subnet.subnetId, subnet]));
  const ids = [...new Set(subnetIds)];
  const subnets = ids.flatMap((subnetId) => byId.get(subnetId) ?? []);
  const zones = Map.groupBy(subnets, ({ availabilityZone }) => availabilityZone);
  const zonesWithRoom = [...zones].filter(([, there]) => sumOfFree(there) >= upgradeAddresses).map(([zone]) => zone);
  const missing = ids.filter((subnetId) => !byId.has(subnetId));
  return {
    subnets,
    missing,
    free: sumOfFree(subnets),
    zonesWithRoom: zonesWithRoom.sort(),
    short: subnets.filter(({ availableIpAddressCount }) => availableIpAddressCount < perSubnet),
    suffices: missing.length === 0 && zonesWithRoom.length >= REQUIRED_ZONES,
  };
}

function sumOfFree(subnets: readonly Subnet[]): number {
  return subnets.reduce((sum, { availableIpAddressCount }) => sum + availableIpAddressCount, 0);
}
