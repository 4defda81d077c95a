import type { Addon } from '#lib/model/eks.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Refusal } from '#lib/model/remediation.ts';
import type { SliceData, Snapshot } from '#lib/model/snapshot.ts';
import { findCnis } from '#lib/network/cni.ts';
import { type EniNode, type EniNodeAnswer, eniNode } from '#lib/network/eni-nodes.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { cniName } from '#lib/network/pod-ipam.ts';
import { type PodNetwork, podNetwork } from '#lib/network/pod-network.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { readSlices } from '#lib/remediate/unread.ts';

const NEEDED = [
  'cluster',
  'addons',
  'nodegroups',
  'subnets',
  'networkInterfaces',
  'instances',
  'instanceTypes',
  'subnetCidrReservations',
  'nodes',
  'pods',
  'daemonSets',
] as const satisfies readonly (keyof SliceData)[];

/** Everything that a change of the VPC CNI's settings leans on. */
export interface VpcCniScene {
  readonly data: Pick<SliceData, (typeof NEEDED)[number]>;
  readonly daemonSet: DaemonSet;
  /** Absent where the CNI is self-managed. */
  readonly addon?: Addon;
  readonly settings: VpcCniSettings;
  readonly network: PodNetwork;
  /** Nodes whose interfaces are known. */
  readonly nodes: readonly EniNode[];
  /** Nodes that the VPC CNI may serve and that cannot be judged. */
  readonly unjudged: readonly { readonly host: Host; readonly reason: string }[];
  /** Instances of the cluster that are no nodes yet. */
  readonly joining: readonly Host[];
}

/** @returns why there can be no plan, where the VPC CNI does not give the pods their addresses or something was not read */
export function vpcCniScene(snapshot: Snapshot): VpcCniScene | { readonly refusals: readonly [Refusal, ...Refusal[]] } {
  const read = readSlices(snapshot, NEEDED);
  if ('refusals' in read) return read;
  const { cluster, subnets, daemonSets, addons, instanceTypes } = read.data;
  const network = podNetwork(cluster, subnets, snapshot.slices);
  const daemonSet = findCnis(daemonSets).find(({ kind }) => kind === 'vpc-cni')?.daemonSet;
  const elsewhere = addressesFrom(network);
  if (elsewhere !== undefined || daemonSet === undefined) return { refusals: [elsewhere ?? NO_DAEMON_SET] };
  const types = new Map(instanceTypes.map((type) => [type.instanceType, type]));
  const byId = new Map(subnets.map((subnet) => [subnet.subnetId, subnet]));
  const answers = network.hosts.flatMap((host) =>
    host.node === undefined ? [] : [[host, eniNode({ ...host, node: host.node }, network.settings, types, byId)] as const],
  );
  const addon = addons.find(({ addonName }) => addonName === 'vpc-cni');
  return {
    data: read.data,
    daemonSet,
    ...(addon && { addon }),
    settings: network.settings,
    network,
    nodes: answers.flatMap(([, answer]) => (answer.kind === 'judged' ? [answer.entry] : [])),
    unjudged: answers.flatMap(([host, answer]) => unjudged(host, answer)),
    joining: network.hosts.filter(({ node, kind }) => node === undefined && kind === 'linux'),
  };
}

const NO_DAEMON_SET: Refusal = {
  reason: 'The DaemonSet of the VPC CNI was not found.',
  remedy: 'Look for it by kubectl get daemonsets -A: it is named aws-node, or labelled k8s-app=aws-node.',
};

function addressesFrom({ ipam }: PodNetwork): Refusal | undefined {
  const remedy = 'This changes the VPC CNI, and nothing else gives pods addresses by its settings.';
  switch (ipam.kind) {
    case 'vpc-cni':
      return undefined;
    case 'auto-mode':
      return { reason: 'EKS Auto Mode gives the pods of this cluster their addresses, and AWS sets how.', remedy };
    case 'other-cni': {
      const name = cniName(ipam.cni);
      return { reason: `The pods of this cluster have their addresses from ${name}, not from the VPC CNI.`, remedy };
    }
    case 'unknown':
      return { reason: `It is not known what gives pods their addresses: ${ipam.reason}.`, remedy };
  }
}

/** Windows nodes have another agent, and other settings. */
function unjudged(host: Host, answer: EniNodeAnswer): VpcCniScene['unjudged'] {
  return answer.kind === 'unknown' && host.kind !== 'windows' ? [{ host, reason: answer.reason }] : [];
}
