import type { InstanceType, NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import type { EksCluster, Nodegroup } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import type { EniConfig } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import { cniName, type PodIpam } from '#lib/network/pod-ipam.ts';
import { podNetwork } from '#lib/network/pod-network.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { type Draws, drawsOf } from '#lib/network/what-if/draws.ts';
import { type LeftOut, type PresentNode, presentNodes } from '#lib/network/what-if/present.ts';

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
  readonly leftOut: readonly LeftOut[];
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
  const sorted = presentNodes(network.hosts, { ...data, settings: ipam.settings, network });
  const unread = unreadSubnets(sorted.present, drawsOf(network, ipam.settings), subnets);
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
    },
  };
}

function unreadSubnets(present: readonly PresentNode[], draws: Draws, subnets: readonly Subnet[]): readonly string[] {
  const read = new Set(subnets.map(({ subnetId }) => subnetId));
  const used = new Set(present.flatMap(({ host, subnetId }) => [subnetId, ...(draws.get(host)?.draws ?? [])]));
  return [...used].filter((id) => !read.has(id));
}
