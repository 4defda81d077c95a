import * as z from 'zod';
import type { CustomResource, Node } from '#lib/model/kubernetes.ts';
import { selectsNode } from '#lib/network/calico/node-labels.ts';
import { nodeSelector } from '#lib/network/calico/node-selector.ts';
import { parseObjects } from '#lib/network/custom-objects.ts';

/** Of a cluster that configures none. Source: Calico documentation, "BGP configuration" resource (asNumber). */
const DEFAULT_AS = 64_512;
/** Source: RFC 4271 ("BGP listens on TCP port 179"); Calico documentation, "BGP configuration" resource (listenPort). */
const BGP_PORT = 179;

const asNumber = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).nullish();

/** Source: projectcalico/api pkg/apis/projectcalico/v3/bgppeer.go, bgpconfig.go. */
const bgpPeer = z.object({
  spec: z.object({
    node: z.string().optional(),
    nodeSelector: nodeSelector.optional(),
    /** With a port at its end, perhaps. */
    peerIP: z.string().optional(),
    asNumber,
    peerSelector: nodeSelector.optional(),
    /** Manual: the nodes that are selected speak back only where another BGPPeer says so. */
    reversePeering: z.enum(['Auto', 'Manual']).nullish(),
  }),
});
type BgpPeerObject = z.output<typeof bgpPeer> & { readonly name: string };
const bgpConfiguration = z.object({
  spec: z.object({
    nodeToNodeMeshEnabled: z.boolean().nullish(),
    asNumber,
    listenPort: z.number().int().min(1).max(65_535).nullish(),
  }),
});

/** Who is to speak BGP with whom. */
export interface BgpPlan {
  /** Every node speaks with every other. */
  readonly mesh: boolean;
  readonly peers: readonly BgpPeerObject[];
  readonly defaultAs: number;
  /** On which nodes listen. */
  readonly port: number;
  readonly malformed: readonly string[];
}

export function bgpPlan(resources: readonly CustomResource[]): BgpPlan {
  const peers = parseObjects(resources, ['BGPPeer'], bgpPeer);
  const configurations = parseObjects(resources, ['BGPConfiguration'], bgpConfiguration);
  const spec = configurations.objects.find(({ name }) => name === 'default')?.spec;
  return {
    mesh: spec?.nodeToNodeMeshEnabled ?? true,
    peers: peers.objects,
    defaultAs: spec?.asNumber ?? DEFAULT_AS,
    port: spec?.listenPort ?? BGP_PORT,
    malformed: [...peers.malformed, ...configurations.malformed],
  };
}

/**
 * Whether a node is to have a peer at all: in the mesh wherever there is another node, by a BGPPeer that takes it for its own side, or by
 * one that selects it for the other, since Calico makes such a peering from both sides unless it is told not to.
 * Source: Calico documentation, "BGP peer" resource; confd pkg/backends/calico/client.go (reverse peerings).
 */
export function hasPeers({ mesh, peers }: BgpPlan, node: Node, nodes: readonly Node[]): boolean {
  if (mesh && nodes.length > 1) return true;
  const isOther = ({ name }: Node) => name !== node.name;
  return peers.some((peer) => {
    const { peerIP, peerSelector } = peer.spec;
    if (speaksFor(peer, node) && (peerIP || nodes.some((one) => isOther(one) && isRemote(peerSelector, one)))) return true;
    const reversed = peer.spec.reversePeering !== 'Manual' && isRemote(peerSelector, node);
    return reversed && nodes.some((one) => isOther(one) && speaksFor(peer, one));
  });
}

/** Without a node and a selector it is for every node. */
function speaksFor({ spec: { node: name, nodeSelector: selector } }: BgpPeerObject, node: Node): boolean {
  if (name) return name === node.name;
  return selector === undefined || selectsNode(selector, node);
}

const isRemote = (selector: BgpPeerObject['spec']['peerSelector'], node: Node): boolean =>
  selector !== undefined && selectsNode(selector, node);

/**
 * What a BGPPeer expects at an address and a node of the cluster does not answer with: a clause. Undefined where none names the address, or
 * nothing is known of who answers there.
 */
export function disagreement(
  plan: BgpPlan,
  { node, peerIp, nodes }: { readonly node: Node; readonly peerIp: string; readonly nodes: readonly Node[] },
): string | undefined {
  const peer = plan.peers.find((one) => addressOf(one.spec.peerIP ?? '') === peerIp && speaksFor(one, node));
  const other = nodes.find(({ internalIps }) => internalIps.includes(peerIp));
  if (!peer?.spec.asNumber || other === undefined) return undefined;
  const own = asNumberOf(other, plan);
  if (own === peer.spec.asNumber) return undefined;
  return `the BGPPeer ${peer.name} expects AS ${peer.spec.asNumber} there, and ${other.name} has AS ${own}`;
}

/** A node's annotation goes before the default. Source: libcalico-go lib/backend/k8s/resources/node.go. */
function asNumberOf({ annotations }: Node, { defaultAs }: BgpPlan): number {
  return Number(annotations['projectcalico.org/ASNumber'] || defaultAs);
}

/** `10.0.0.1`, `10.0.0.1:1790`, `fd00::1`, `[fd00::1]:1790`. */
const addressOf = (text: string): string => /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text)?.slice(1).find(Boolean) ?? text;
