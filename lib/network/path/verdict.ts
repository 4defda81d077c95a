import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { parseAddress } from '#lib/network/address.ts';
import { aclLayers } from '#lib/network/path/acls.ts';
import { type Attachment, type PathEnd, type PathPlaces, pathPlaces } from '#lib/network/path/ends.ts';
import { type LayerName, type PathLayer, plainLayer, unreadReason, worstOf } from '#lib/network/path/layer.ts';
import { policyLayers } from '#lib/network/path/policies.ts';
import { securityGroupLayers } from '#lib/network/path/security-groups.ts';

/** May one end open a connection to the other? The port is the one on which the other end itself listens. */
export interface PathQuestion {
  readonly from: PathEnd;
  readonly to: PathEnd;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface PathAnswer {
  readonly verdict: ReturnType<typeof worstOf>;
  readonly layers: readonly PathLayer[];
}

/**
 * Follows a connection through what could stop it: the policies and the security groups of either end, and the network ACLs between
 * their subnets. Routes, and what is outside the VPC, are not followed.
 */
export function pathVerdict(slices: Slices, { from, to, port, protocol }: PathQuestion): PathAnswer {
  const places = pathPlaces(slices);
  const policies = policyLayers(slices, { from, to, traffic: { port, protocol: protocol === 'udp' ? 'UDP' : 'TCP' } }, places);
  const vpc = vpcLayers(slices, { from, to, port, protocol }, places);
  const layers = [policies.egress, ...vpc, policies.ingress];
  return { verdict: worstOf(layers), layers };
}

const VPC_LAYERS = [
  'security-group-egress',
  'acl-out',
  'acl-back',
  'security-group-ingress',
] as const satisfies readonly LayerName[];

function vpcLayers(slices: Slices, { from, to, port, protocol }: PathQuestion, places: PathPlaces): readonly PathLayer[] {
  const all = (verdict: PathLayer['verdict'], reason: string) => VPC_LAYERS.map((layer) => plainLayer(layer, verdict, reason));
  const unread = unreadReason({ interfaces: slices.networkInterfaces, nodes: slices.nodes, DaemonSets: slices.daemonSets });
  if (unread !== undefined) return all('unknown', unread);
  const [source, destination] = [places.attach(from), places.attach(to)];
  const node = places.nodeOf(from);
  if (node !== undefined && node === places.nodeOf(to) && !isStrict(source) && !isStrict(destination)) {
    return all('not-asked', `both are on ${node}, and the traffic does not leave it`);
  }
  if (places.hidden !== undefined && (isTunnelled(from) || isTunnelled(to))) return all('unknown', places.hidden);
  const traffic = { from: translated(source, destination, places, slices), to: destination, port, protocol };
  const groups = securityGroupLayers(slices, traffic, places);
  const acls = aclLayers(slices, traffic);
  return [groups.egress, acls.out, acls.back, groups.ingress];
}

/** Pods on the network of their node speak for themselves, whatever carries the others. */
function isTunnelled(end: PathEnd): boolean {
  return end.kind === 'pod' && !end.pod.hostNetwork;
}

function isStrict(end: Attachment): boolean {
  return end.kind === 'interface' && end.strict;
}

/**
 * The VPC CNI sends what leaves the VPC from the primary address of the node, unless it is told not to, or the pod is on a branch
 * interface in strict mode. Source: amazon-vpc-cni-k8s README.md, AWS_VPC_K8S_CNI_EXTERNALSNAT and POD_SECURITY_GROUP_ENFORCING_MODE.
 */
function translated(source: Attachment, destination: Attachment, { settings, index }: PathPlaces, slices: Slices): Attachment {
  if (source.kind !== 'interface' || destination.kind !== 'outside' || source.strict) return source;
  if (settings === undefined || settings.externalSnat || typeof source.address !== 'number') return source;
  const instanceId = source.eni.attachment?.instanceId;
  const primary = index.primaryOf(instanceId ?? '');
  if (primary === undefined) return source;
  const nodeIp = dataOf(slices.nodes)?.find((node) => node.instanceId === instanceId)?.internalIps[0];
  const own = parseAddress(nodeIp ?? primary.privateIpAddresses[0] ?? '');
  return own === undefined ? source : { ...source, eni: primary, address: own, fromPrefix: false, groupSets: [primary.groups] };
}
