import type { Node } from '#lib/model/kubernetes.ts';
import { type NodeGap, type NodeNetwork, nodeReach } from '#lib/network/node-reach.ts';

/** TCP 179 between a node and a peer, by security groups. `outside`: the peer is no node of the cluster, and its groups are not known. */
export type BgpWay = 'open' | 'shut' | 'not-known' | 'outside';

export interface BgpWays {
  readonly way: (node: string, peerIp: string) => BgpWay;
  /** Directions that are shut. */
  readonly blocked: readonly NodeGap[];
}

/**
 * One connection is enough for a session, whoever opens it: it is shut where neither side can.
 * Source: RFC 4271, section 6.8 (both may try, and one of two connections is closed).
 * @param network undefined where it was not read
 */
export function bgpWays(nodes: readonly Node[], network: NodeNetwork | undefined): BgpWays {
  const reach = network && nodeReach(nodes, network, { protocol: 'tcp', port: 179 });
  const nodeAt = new Map(nodes.flatMap(({ name, internalIps }) => internalIps.map((ip) => [ip, name] as const)));
  const isOf = (gaps: readonly NodeGap[], from: string, to: string) =>
    gaps.some((gap) => gap.from.nodes.includes(from) && gap.to.nodes.includes(to));
  const way = (node: string, peerIp: string): BgpWay => {
    const peer = nodeAt.get(peerIp);
    if (peer === undefined) return 'outside';
    if (reach === undefined) return 'not-known';
    const directions = [[node, peer] as const, [peer, node] as const];
    if (directions.every(([from, to]) => isOf(reach.blocked, from, to))) return 'shut';
    const open = directions.some(([from, to]) => !isOf(reach.blocked, from, to) && !isOf(reach.unknown, from, to));
    return open ? 'open' : 'not-known';
  };
  return { way, blocked: reach?.blocked ?? [] };
}
