import { type CheckResult, notApplicable, undecided } from '#lib/model/check.ts';
import type { Subnet } from '#lib/model/ec2.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { SliceData, Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { findCnis } from '#lib/network/cni.ts';
import { type EniNode, type EniNodeAnswer, eniNode, type NodeHost } from '#lib/network/eni-nodes.ts';
import { type Host, nodeInventory } from '#lib/network/node-inventory.ts';
import { cniName, podIpam } from '#lib/network/pod-ipam.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** The slices without which nobody can tell what a node's interfaces offer its pods. */
export const NODE_INPUTS = [
  'cluster',
  'nodes',
  'pods',
  'instanceTypes',
  'networkInterfaces',
  'daemonSets',
  'subnets',
] as const satisfies readonly (keyof SliceData)[];

export interface NodeCheckContext {
  readonly inputs: Pick<SliceData, (typeof NODE_INPUTS)[number]>;
  readonly optional: Pick<Slices, 'instances'>;
  readonly target: Target;
}

/** A node that is not judged, and why. */
export interface UnjudgedNode {
  readonly host: NodeHost;
  readonly answer: Exclude<EniNodeAnswer, { readonly kind: 'judged' }>;
}

/** The nodes of a cluster whose pods have addresses by the VPC CNI. */
export interface VpcCniNodes {
  readonly settings: VpcCniSettings;
  readonly judged: readonly EniNode[];
  readonly unjudged: readonly UnjudgedNode[];
  readonly subnets: ReadonlyMap<string, Subnet>;
}

/** @returns the answer for the whole cluster where the VPC CNI does not give its pods their addresses, or nobody knows */
export function vpcCniNodes({ inputs, optional, target }: NodeCheckContext): VpcCniNodes | CheckResult {
  const settings = vpcCniSettingsOf(inputs, target);
  if ('findings' in settings) return settings;
  const types = new Map(inputs.instanceTypes.map((type) => [type.instanceType, type]));
  const subnets = new Map(inputs.subnets.map((subnet) => [subnet.subnetId, subnet]));
  const judged: EniNode[] = [];
  const unjudged: UnjudgedNode[] = [];
  for (const host of nodeHosts({ inputs, optional })) {
    const answer = eniNode(host, settings, types, subnets);
    if (answer.kind === 'judged') judged.push(answer.entry);
    else unjudged.push({ host, answer });
  }
  return { settings, judged, unjudged, subnets };
}

/** The answer for a cluster that has nodes and of which none is judged; undefined for any other, an empty one included. */
export function noneJudged({ judged, unjudged }: VpcCniNodes, target: Target): CheckResult | undefined {
  if (judged.length > 0 || unjudged.length === 0) return undefined;
  const reasons = [...new Set(unjudged.map(({ answer }) => answer.reason))].join('; ');
  const summary = `No node of this cluster is judged: each is ${reasons}.`;
  const unknown = unjudged.filter(({ answer }) => answer.kind === 'unknown');
  if (unknown.length === 0) return notApplicable(target, summary);
  return undecided(target, summary, { nodes: unknown.map(({ host }) => host.name) });
}

/** The VPC CNI's settings, or the answer for a cluster whose pods have their addresses from elsewhere. */
export function vpcCniSettingsOf(
  { cluster, daemonSets }: Pick<SliceData, 'cluster' | 'daemonSets'>,
  target: Target,
): VpcCniSettings | CheckResult {
  const ipam = podIpam({ ok: true, data: daemonSets }, cluster.autoMode);
  switch (ipam.kind) {
    case 'other-cni':
      return notApplicable(target, `${cniName(ipam.cni)} gives the pods of this cluster their addresses, not the VPC CNI.`);
    case 'auto-mode':
      return notApplicable(target, 'EKS Auto Mode gives the pods of this cluster their addresses.');
    case 'unknown':
      return undecided(target, `It is not known what gives pods their addresses: ${ipam.reason}.`);
    case 'vpc-cni':
      return { ...ipam.settings, ipv6: ipam.settings.ipv6 || cluster.ipFamily === 'ipv6' };
  }
}

/** What a finding about the CNI's settings is about: its DaemonSet. */
export function vpcCniResource(daemonSets: readonly DaemonSet[]): Judgement['resource'] {
  const daemonSet = findCnis(daemonSets).find(({ kind }) => kind === 'vpc-cni')?.daemonSet;
  return { kind: 'daemonset', id: `${daemonSet?.namespace}/${daemonSet?.name}`, name: daemonSet?.name ?? 'aws-node' };
}

/** The hosts that are nodes. */
export function nodeHosts({ inputs, optional }: Pick<NodeCheckContext, 'inputs' | 'optional'>): readonly NodeHost[] {
  const { cluster, nodes, pods, networkInterfaces } = inputs;
  const { hosts } = nodeInventory(cluster.name, nodes, dataOf(optional.instances), networkInterfaces, pods);
  return hosts.filter(isNode);
}

function isNode(host: Host): host is NodeHost {
  return host.node !== undefined;
}
