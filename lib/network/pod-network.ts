import type { EksCluster } from '#lib/model/eks.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import { type NodeInventory, nodeInventory } from '#lib/network/node-inventory.ts';
import { MANIFEST_SETTINGS, type PodIpam, podIpam } from '#lib/network/pod-ipam.ts';
import { type PodSubnets, podSubnets } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** Slices that sharpen the picture of where a cluster's addresses come from. */
export const POD_NETWORK_SLICES = ['networkInterfaces', 'nodes', 'pods', 'instances', 'daemonSets', 'eniConfigs'] as const;
type PodNetworkSlices = Pick<Slices, (typeof POD_NETWORK_SLICES)[number]>;

export interface PodNetwork extends NodeInventory, PodSubnets {
  readonly ipam: PodIpam;
  /** The CNI's own, or its manifest's where `ipam` is unknown. */
  readonly settings: VpcCniSettings;
  /** What the picture lacks, as clauses: `the nodes were not read, so ...`. Empty where nothing does. */
  readonly caveats: readonly string[];
}

/** From the cluster and whatever was read: who gives addresses, and from which subnets. */
export function podNetwork(cluster: EksCluster, subnets: SliceData['subnets'], slices: PodNetworkSlices): PodNetwork {
  const inventory = nodeInventory(
    cluster.name,
    dataOf(slices.nodes),
    dataOf(slices.instances),
    dataOf(slices.networkInterfaces),
    dataOf(slices.pods),
  );
  const read = podIpam(slices.daemonSets, cluster.autoMode);
  const ipam: PodIpam =
    read.kind === 'vpc-cni' && cluster.ipFamily === 'ipv6' ? { ...read, settings: { ...read.settings, ipv6: true } } : read;
  const found = podSubnets({
    hosts: inventory.hosts,
    subnets,
    ipam,
    eniConfigs: dataOf(slices.eniConfigs),
    clusterSubnetIds: cluster.subnetIds,
  });
  return {
    ...inventory,
    ...found,
    ipam,
    settings: ipam.kind === 'vpc-cni' ? ipam.settings : { ...MANIFEST_SETTINGS, ipv6: cluster.ipFamily === 'ipv6' },
    caveats: caveats(slices, inventory, ipam),
  };
}

function caveats(slices: PodNetworkSlices, { hosts }: NodeInventory, ipam: PodIpam): readonly string[] {
  const { nodes, instances, networkInterfaces } = slices;
  const clauses: string[] = [];
  if (!nodes.ok) clauses.push(`the nodes were not read (${nodes.code}), so nodes are the instances tagged for the cluster`);
  if (!instances.ok)
    clauses.push(`the instances were not read (${instances.code}), so nodes' subnets are those of their interfaces`);
  if (!networkInterfaces.ok)
    clauses.push(`the interfaces were not read (${networkInterfaces.code}), so subnets where only they lead are missing`);
  if (ipam.kind === 'unknown') clauses.push(`${ipam.reason}, so the VPC CNI's default settings are assumed`);
  if (hosts.length === 0) clauses.push("no node was seen, so the cluster's own subnets are judged");
  return clauses;
}
