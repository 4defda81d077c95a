import { asClause, type Failure } from '#lib/model/failure.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import type { NodeHost } from '#lib/network/eni-nodes.ts';
import { podNetwork } from '#lib/network/pod-network.ts';
import { addressShortage, type ShortageAnswer } from '#lib/network/sandbox-failures/address-shortage.ts';

const NEEDED = ['cluster', 'daemonSets', 'subnets', 'networkInterfaces', 'instanceTypes'] as const;
type ShortageSlices = Pick<Slices, (typeof NEEDED)[number] | 'instances' | 'subnetCidrReservations' | 'eniConfigs'>;

/** Answers of a node by its name why its CNI has no address; what was not read makes every answer unknown, and says so. */
export function shortageFinder(
  { nodes, pods }: Pick<SliceData, 'nodes' | 'pods'>,
  slices: ShortageSlices,
): (node: string) => ShortageAnswer {
  const unread = NEEDED.find((key) => !slices[key].ok);
  const { cluster, subnets, networkInterfaces, instanceTypes } = slices;
  if (unread !== undefined || !cluster.ok || !subnets.ok || !networkInterfaces.ok || !instanceTypes.ok) {
    const { reason } = slices[unread ?? 'cluster'] as Failure;
    return () => ({ detail: null, reason: `${unread} was not read: ${asClause(reason)}` });
  }
  const network = podNetwork(cluster.data, subnets.data, {
    ...slices,
    nodes: { ok: true, data: nodes },
    pods: { ok: true, data: pods },
  });
  const hosts = new Map(network.hosts.map((host) => [host.name, host]));
  const sources = {
    network,
    types: new Map(instanceTypes.data.map((type) => [type.instanceType, type])),
    subnets: new Map(subnets.data.map((subnet) => [subnet.subnetId, subnet])),
    interfaces: networkInterfaces.data,
    reservations: dataOf(slices.subnetCidrReservations),
  };
  return (name) => {
    const host = hosts.get(name);
    if (host?.node === undefined) return { detail: null, reason: 'the node is gone' };
    return addressShortage(host as NodeHost, sources);
  };
}
