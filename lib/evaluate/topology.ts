import { dataOf } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { type Host, nodeInventory } from '#lib/network/node-inventory.ts';
import { podNetwork } from '#lib/network/pod-network.ts';

/** Where a node is; what is not known is absent. */
export interface NodePlace {
  readonly name: string;
  readonly zone?: string;
  /** Of its own address. */
  readonly subnetId?: string;
  /** From which its pods draw: with custom networking not the node's own. Empty where that is not known. */
  readonly podSubnets: readonly string[];
}

/** The nodes of a cluster and where they are: what leads from a subnet or a zone to the nodes that feel it. */
export interface Topology {
  readonly nodes: readonly NodePlace[];
  readonly byName: ReadonlyMap<string, NodePlace>;
}

export function topologyWith(nodes: readonly NodePlace[]): Topology {
  return { nodes, byName: new Map(nodes.map((place) => [place.name, place])) };
}

export const NO_TOPOLOGY = topologyWith([]);

/** As far as it was read; Fargate's nodes, one a pod, are left out. */
export function topologyOf({ target, slices }: Pick<Snapshot, 'target' | 'slices'>): Topology {
  const { cluster, subnets, nodes, instances, networkInterfaces, pods } = slices;
  const network = cluster.ok && subnets.ok ? podNetwork(cluster.data, subnets.data, slices) : undefined;
  const hosts =
    network?.hosts ?? nodeInventory(target.name, dataOf(nodes), dataOf(instances), dataOf(networkInterfaces), dataOf(pods)).hosts;
  const draws = new Map<Host, string[]>();
  for (const { subnetId, podHosts } of network?.subnets ?? []) {
    for (const host of podHosts) draws.set(host, [...(draws.get(host) ?? []), subnetId]);
  }
  return topologyWith(
    hosts.flatMap((host) => {
      const { name, node, kind, availabilityZone: zone, subnetId } = host;
      if (node === undefined || kind === 'fargate') return [];
      return [{ name, podSubnets: draws.get(host) ?? [], ...(zone && { zone }), ...(subnetId && { subnetId }) }];
    }),
  );
}
