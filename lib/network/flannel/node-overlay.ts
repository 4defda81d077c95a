import type { ProbedNode } from '#lib/model/node-probe.ts';
import type { NodeBackend } from '#lib/network/flannel/node-backend.ts';

/** Whether a node can send to the pods of the others, as a probe saw it there. */
export interface NodeOverlay {
  /** Its own VXLAN link; undefined where the backend has none. */
  readonly link: string | undefined;
  /** Nodes that it should know the way to. */
  readonly peers: number;
  /** Those of which it has no route, does not know the VTEP, does not forward to. */
  readonly unrouted: readonly string[];
  readonly unresolved: readonly string[];
  /** Undefined where forwarding entries could not be read. */
  readonly unforwarded: readonly string[] | undefined;
  readonly problems: readonly string[];
  readonly doubts: readonly string[];
}

/**
 * What flannel makes on a node for each of the others: a route to its podCIDR, and with VXLAN the MAC of its VTEP as neighbour of the first
 * address of that, and the address of the node behind that MAC as a forwarding entry. IPv4 alone. Undefined where the backend makes none of it.
 * Sources: flannel pkg/backend/vxlan/vxlan_network.go (handleSubnetEvents, directRoutingOK) and pkg/backend/hostgw/hostgw.go.
 * @param settled nodes that have been there for a while, itself among them or not
 */
export function nodeOverlay(own: NodeBackend, settled: readonly NodeBackend[], found: ProbedNode): NodeOverlay | undefined {
  if (own.type !== 'vxlan' && own.type !== 'host-gw') return undefined;
  const ways = settled.flatMap((peer) => (peer.node.name === own.node.name ? [] : wayTo(peer, found)));
  const link = own.type === 'vxlan' ? `flannel.${own.vni ?? 1}` : undefined;
  const which = (wrong: (way: Way) => boolean) => ways.filter(wrong).map(({ peer }) => peer.node.name);
  const unrouted = which(({ device }) => device === undefined);
  const unresolved = which(({ resolved }) => resolved === false);
  const unforwarded = found.forwarding && which(({ forwarded }) => forwarded === false);
  const lacks = [
    lacking(unrouted, 'a route to', found.cut.includes('routes')),
    lacking(unresolved, 'the VTEP of', found.cut.includes('neighbours')),
    lacking(unforwarded ?? [], 'a forwarding entry to', false),
  ];
  return {
    link,
    peers: ways.length,
    unrouted,
    unresolved,
    unforwarded,
    problems: [...linkProblems(own, link, found), ...lacks.flatMap(({ problem }) => problem ?? [])],
    doubts: lacks.flatMap(({ doubt }) => doubt ?? []),
  };
}

interface Way {
  readonly peer: NodeBackend;
  readonly device: string | undefined;
  /** Undefined where it is not sent over the VXLAN link, or not known what should stand there. */
  readonly resolved: boolean | undefined;
  readonly forwarded: boolean | undefined;
}

/** None to a node without an IPv4 podCIDR: that is another check's finding. */
function wayTo(peer: NodeBackend, { routes, neighbours, forwarding }: ProbedNode): readonly Way[] {
  const cidr = peer.node.podCidrs.find((one) => !one.includes(':'));
  if (cidr === undefined) return [];
  const route = routes.find((one) => one.cidr === cidr);
  const mac = peer.vtepMac?.toLowerCase();
  const overVxlan = route?.device.startsWith('flannel') === true && mac !== undefined;
  const first = cidr.split('/', 1)[0];
  const isNext = (one: ProbedNode['neighbours'][number]) => one.address === first && one.device === route?.device;
  const leads = forwarding?.some((one) => one.mac === mac && one.destination === peer.publicIp);
  return [
    {
      peer,
      device: route?.device,
      resolved: overVxlan ? neighbours.some((one) => isNext(one) && one.mac === mac) : undefined,
      forwarded: overVxlan ? leads : undefined,
    },
  ];
}

function lacking(names: readonly string[], what: string, cut: boolean): { readonly problem?: string; readonly doubt?: string } {
  if (names.length === 0) return {};
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const says = `${what} ${names.slice(0, 3).join(', ')}${more}`;
  return cut ? { doubt: `it may lack ${says}: it has more than was read` } : { problem: `it lacks ${says}` };
}

function linkProblems({ vtepMac }: NodeBackend, link: string | undefined, { links }: ProbedNode): readonly string[] {
  if (link === undefined) return [];
  const found = links.find(({ name }) => name === link);
  if (found === undefined) return [`it has no link ${link}`];
  if (!found.up) return [`its link ${link} is down`];
  if (vtepMac === undefined || found.mac === undefined || found.mac === vtepMac.toLowerCase()) return [];
  return [`its link ${link} has the MAC ${found.mac}, and it tells ${vtepMac}`];
}
