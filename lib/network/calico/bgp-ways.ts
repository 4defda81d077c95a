import type { Node } from '#lib/model/kubernetes.ts';
import { type NodeGap, type NodeNetwork, nodeReach } from '#lib/network/node-reach.ts';

/** The port of BGP between a node and a peer, by security groups. `outside`: the peer is no node of the cluster, and its groups are not known. */
export type BgpWay = 'open' | 'shut' | 'not-known' | 'outside';

export interface BgpWays {
  readonly way: (node: string, peerIp: string) => BgpWay;
}

/**
 * Of two nodes of Calico the one with the greater address, as text, opens the connection, and the other waits for it.
 * Source: projectcalico/calico confd etc/calico/confd/templates/bird.cfg.template ("passive on").
 * @param network undefined where it was not read
 */
export function bgpWays(nodes: readonly Node[], network: NodeNetwork | undefined, port: number): BgpWays {
  const reach = network && nodeReach(nodes, network, { protocol: 'tcp', port });
  const byIp = new Map(nodes.flatMap((node) => node.internalIps.map((ip) => [ip, node.name] as const)));
  const ipsOf = new Map(nodes.map(({ name, internalIps }) => [name, internalIps]));
  const isOf = (gaps: readonly NodeGap[], from: string, to: string) =>
    gaps.some((gap) => gap.from.nodes.includes(from) && gap.to.nodes.includes(to));
  const way = (node: string, peerIp: string): BgpWay => {
    const peer = byIp.get(peerIp);
    if (peer === undefined) return 'outside';
    const own = ipsOf.get(node)?.find((ip) => ip.includes(':') === peerIp.includes(':'));
    if (reach === undefined || own === undefined) return 'not-known';
    const [from, to] = own > peerIp ? [node, peer] : [peer, node];
    if (isOf(reach.blocked, from, to)) return 'shut';
    return isOf(reach.unknown, from, to) ? 'not-known' : 'open';
  };
  return { way };
}
