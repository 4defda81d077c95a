import type { InstanceType, NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import type { EksCluster, Nodegroup } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import type { EniConfig, Node } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import { type EniNode, eniNode } from '#lib/network/eni-nodes.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { cniName, type PodIpam } from '#lib/network/pod-ipam.ts';
import { podNetwork } from '#lib/network/pod-network.ts';
import type { PodSubnets } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { type Draws, drawsOf } from '#lib/network/what-if-draws.ts';

/** Without one of these there is no answer. */
export const WHAT_IF_NEEDS = [
  'cluster',
  'subnets',
  'networkInterfaces',
  'subnetCidrReservations',
  'instanceTypes',
  'nodes',
  'pods',
  'daemonSets',
] as const;
/** What some questions need besides: node groups for new nodes, ENIConfigs under custom networking. */
export const WHAT_IF_USES = ['instances', 'nodegroups', 'eniConfigs'] as const;
export type WhatIfSlices = Pick<Slices, (typeof WHAT_IF_NEEDS)[number] | (typeof WHAT_IF_USES)[number]>;

/** A node with what is known of it. */
export interface PresentNode {
  readonly host: Host & { readonly node: Node };
  readonly entry: EniNode;
  readonly group: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly maxPods: number;
}

/** A cluster as whatever may happen to it finds it. */
export interface World {
  readonly cluster: EksCluster;
  readonly ipam: Extract<PodIpam, { readonly kind: 'vpc-cni' }>;
  readonly settings: VpcCniSettings;
  readonly subnets: readonly Subnet[];
  readonly interfaces: readonly NetworkInterface[];
  readonly reservations: readonly SubnetCidrReservation[];
  readonly types: ReadonlyMap<string, InstanceType>;
  /** Undefined where they were not read. */
  readonly nodegroups: readonly Nodegroup[] | undefined;
  readonly eniConfigs: readonly EniConfig[] | undefined;
  readonly present: readonly PresentNode[];
  readonly draws: Draws;
  /** Nodes that no number counts, by the reason why; `open` where their share could change the answer. */
  readonly leftOut: readonly { readonly reason: string; readonly nodes: number; readonly open: boolean }[];
}

export type WorldAnswer =
  | { readonly kind: 'known'; readonly world: World }
  | { readonly kind: 'not-applicable'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Joins the slices of a Snapshot to what the questions are asked of. */
export function whatIfWorld(slices: WhatIfSlices): WorldAnswer {
  const missing = WHAT_IF_NEEDS.flatMap((key) => {
    const slice = slices[key];
    return slice.ok ? [] : [`${key} were not read (${asClause(slice.reason)})`];
  });
  if (missing.length > 0) return { kind: 'unknown', reason: missing.join('; ') };
  const read = (key: (typeof WHAT_IF_NEEDS)[number]) => dataOf<unknown>(slices[key]);
  return joined(Object.fromEntries(WHAT_IF_NEEDS.map((key) => [key, read(key)])) as unknown as Needed, slices);
}

type Needed = Pick<SliceData, (typeof WHAT_IF_NEEDS)[number]>;

function joined(data: Needed, slices: WhatIfSlices): WorldAnswer {
  const { cluster, subnets } = data;
  const network = podNetwork(cluster, subnets, slices);
  const { ipam } = network;
  if (ipam.kind === 'other-cni')
    return {
      kind: 'not-applicable',
      reason: `${cniName(ipam.cni)} gives the pods of this cluster their addresses, not the VPC CNI`,
    };
  if (ipam.kind === 'auto-mode')
    return { kind: 'not-applicable', reason: 'EKS Auto Mode gives the pods of this cluster their addresses' };
  if (ipam.kind === 'unknown')
    return { kind: 'unknown', reason: `it is not known what gives pods their addresses: ${ipam.reason}` };
  const draws = drawsOf(network, ipam.settings);
  const sorted = sortNodes(network.hosts, { ...data, settings: ipam.settings, network });
  const unread = unreadSubnets(sorted.present, draws, subnets);
  if (unread.length > 0)
    return { kind: 'unknown', reason: `pods draw from ${unread.join(', ')}, which was not among the subnets read` };
  if (sorted.present.length === 0 && sorted.leftOut.some(({ open }) => open))
    return { kind: 'unknown', reason: sorted.leftOut.map(({ nodes, reason }) => `${nodes} left out: ${reason}`).join('; ') };
  return {
    kind: 'known',
    world: {
      cluster,
      ipam,
      settings: ipam.settings,
      subnets,
      interfaces: data.networkInterfaces,
      reservations: data.subnetCidrReservations,
      types: new Map(data.instanceTypes.map((type) => [type.instanceType, type])),
      nodegroups: dataOf(slices.nodegroups),
      eniConfigs: dataOf(slices.eniConfigs),
      ...sorted,
      draws,
    },
  };
}

interface Sorted {
  readonly present: readonly PresentNode[];
  readonly leftOut: World['leftOut'];
}

function sortNodes(
  hosts: readonly Host[],
  { settings, network, ...data }: Needed & { readonly settings: VpcCniSettings; readonly network: PodSubnets },
): Sorted {
  const types = new Map(data.instanceTypes.map((type) => [type.instanceType, type]));
  const subnets = new Map(data.subnets.map((subnet) => [subnet.subnetId, subnet]));
  const unresolved = new Map(network.unresolved.map(({ host, reason }) => [host, reason]));
  const present: PresentNode[] = [];
  const reasons = new Map<string, { nodes: number; open: boolean }>();
  const leaveOut = (reason: string, open: boolean) => {
    reasons.set(reason, { nodes: (reasons.get(reason)?.nodes ?? 0) + 1, open });
  };
  for (const host of hosts) {
    const { node, subnetId, availabilityZone } = host;
    if (node === undefined) {
      leaveOut('an instance that is no node yet', true);
      continue;
    }
    const answer = eniNode({ ...host, node }, settings, types, subnets);
    const reason = unresolved.get(host);
    if (answer.kind !== 'judged') leaveOut(answer.reason, answer.kind === 'unknown');
    else if (reason !== undefined) leaveOut(reason, true);
    else if (subnetId === undefined || availabilityZone === undefined) leaveOut('a node whose subnet was not seen', true);
    else if (node.allocatablePods === undefined) leaveOut('a node that does not say how many pods it takes', true);
    else {
      const group = groupOf(node);
      present.push({
        host: host as PresentNode['host'],
        entry: answer.entry,
        group,
        subnetId,
        availabilityZone,
        maxPods: node.allocatablePods,
      });
    }
  }
  return { present, leftOut: [...reasons].map(([reason, counted]) => ({ reason, ...counted })) };
}

export const NO_GROUP = 'nodes of no group';

/** Source: Amazon EKS User Guide, "Managed node groups"; Karpenter documentation, NodePools. */
function groupOf({ labels }: Node): string {
  return (
    labels['eks.amazonaws.com/nodegroup'] ??
    labels['karpenter.sh/nodepool'] ??
    labels['karpenter.sh/provisioner-name'] ??
    NO_GROUP
  );
}

function unreadSubnets(present: readonly PresentNode[], draws: Draws, subnets: readonly Subnet[]): readonly string[] {
  const read = new Set(subnets.map(({ subnetId }) => subnetId));
  const used = new Set(present.flatMap(({ host, subnetId }) => [subnetId, ...(draws.get(host)?.draws ?? [])]));
  return [...used].filter((id) => !read.has(id));
}
