import type { Instance, InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { type Branch, makeBranches, TRUNK } from '#lib/sandbox/builder/branch.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { Carrier, IpamdSettings } from '#lib/sandbox/builder/ipamd.ts';
import { FILLERS } from '#lib/sandbox/builder/pod-address-fillers.ts';
import type { NodegroupSpec } from '#lib/sandbox/builder/spec.ts';
import { starterTags } from '#lib/sandbox/builder/starter.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';
import { branchLimit } from '#lib/sandbox/instance-types.ts';

export interface NodeRequest {
  readonly cluster: string;
  readonly nodegroup: string;
  readonly startedBy: NonNullable<NodegroupSpec['startedBy']>;
  readonly ordinal: number;
  readonly type: InstanceType;
  readonly account: string;
  readonly createdAt: string;
  /** Where the node's primary interface lives, and its groups. */
  readonly primary: { readonly draft: SubnetDraft; readonly groups: readonly string[] };
  /** Where the CNI's interfaces may go, and their groups; the primary's own subnet is one of them where it may. */
  readonly pods: { readonly drafts: readonly SubnetDraft[]; readonly groups: readonly string[] };
  /** Under custom networking the primary carries no pod. */
  readonly primaryCarriesPods: boolean;
  /** Where pods get their addresses from: ipamd of IPv4, a /80 on the primary, or the resource controller of Windows. */
  readonly podAddresses: 'ipamd' | 'ipv6' | 'windows';
  readonly podsWanted: number;
  /** Single addresses that were there before prefix delegation. */
  readonly addressesFromBefore: number;
  /** Pods with security groups of their own; absent without a trunk. */
  readonly branches?: { readonly count: number; readonly groups: readonly string[] };
  readonly ipamd: IpamdSettings;
}

export interface MadeNode {
  readonly instance: Instance;
  readonly type: InstanceType;
  /** The instance's own, then the branches of its trunk. */
  readonly interfaces: readonly NetworkInterface[];
  /** Its address in the cluster. */
  readonly nodeIp: string;
  /** Addresses for pods, as many as were wanted or could be had. */
  readonly podIps: readonly string[];
  readonly hasTrunk: boolean;
  readonly branches: readonly Branch[];
}

/** An interface while ipamd fills it. */
export interface EniDraft extends Carrier {
  readonly eni: Omit<NetworkInterface, 'privateIpAddresses' | 'ipv4Prefixes'>;
}

/** An instance with its primary interface. */
export interface LaunchedNode {
  readonly request: NodeRequest;
  readonly instanceId: string;
  readonly primary: EniDraft;
}

/** @throws AwsError InsufficientFreeAddressesInSubnet: the instance cannot start */
export function launchNode(request: NodeRequest): LaunchedNode {
  const instanceId = awsId('i', request.cluster, request.nodegroup, request.ordinal);
  return { request, instanceId, primary: attach(request, instanceId, 0, request.primary.draft, request.primary.groups) };
}

/** Attaches the trunk, then lets ipamd have the addresses for the node's pods and its warm pool. */
export function fillNode(launched: LaunchedNode): MadeNode {
  const { request, instanceId, primary } = launched;
  const enis = [primary];
  const attachTo = (draft: SubnetDraft) => {
    const made = attach(request, instanceId, enis.length, draft, request.pods.groups);
    enis.push(made);
    return made;
  };
  const trunk = request.branches && attachTo(request.pods.drafts[0] ?? request.primary.draft);
  const branches = trunk && branchesOn(trunk, request);
  const filled = FILLERS[request.podAddresses](launched, enis, attachTo);
  return {
    instance: instanceOf(request, instanceId, primary.addresses[0] ?? ''),
    type: request.type,
    interfaces: [
      ...enis.map((draft) => finished(draft, draft === trunk, filled.ipv6 && draft === primary ? filled.ipv6 : {})),
      ...(branches ?? []).map(({ eni }) => eni),
    ],
    nodeIp: filled.ipv6?.ipv6Addresses[0] ?? primary.addresses[0] ?? '',
    podIps: filled.podIps.slice(0, request.podsWanted),
    hasTrunk: trunk !== undefined,
    branches: branches ?? [],
  };
}

function branchesOn(trunk: EniDraft, { type, branches, account, cluster }: NodeRequest): Branch[] {
  const { count, groups } = branches ?? { count: 0, groups: [] };
  const most = branchLimit(type.instanceType);
  if (count > most) throw new Error(`a trunk of ${type.instanceType} has ${most} branches, and ${count} are wanted`);
  return makeBranches(count, { trunkId: trunk.eni.networkInterfaceId, draft: trunk.draft, groups, account, cluster });
}

function finished({ eni, addresses, prefixes }: EniDraft, isTrunk: boolean, ipv6: Partial<NetworkInterface>): NetworkInterface {
  return {
    ...eni,
    ...(isTrunk ? TRUNK : {}),
    ...ipv6,
    privateIpAddresses: addresses,
    ipv4Prefixes: prefixes,
  };
}

function instanceOf(request: NodeRequest, instanceId: string, privateIp: string): Instance {
  const { type, primary, createdAt, cluster, nodegroup } = request;
  const { subnet } = primary.draft;
  return {
    instanceId,
    instanceType: type.instanceType,
    state: 'running',
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    privateIpAddress: privateIp,
    launchTime: createdAt,
    tags: {
      [`kubernetes.io/cluster/${cluster}`]: 'owned',
      Name: `${cluster}-${nodegroup}`,
      ...starterTags(request),
    },
  };
}

function attach(
  { account, cluster, createdAt }: NodeRequest,
  instanceId: string,
  deviceIndex: number,
  draft: SubnetDraft,
  groups: readonly string[],
): EniDraft {
  const address = draft.space.takeAddress();
  const secondary = deviceIndex > 0;
  return {
    draft,
    addresses: [address],
    prefixes: [],
    eni: {
      networkInterfaceId: awsId('eni', instanceId, deviceIndex),
      subnetId: draft.subnet.subnetId,
      vpcId: draft.subnet.vpcId,
      availabilityZone: draft.subnet.availabilityZone,
      description: secondary ? `aws-K8S-${instanceId}` : '',
      interfaceType: 'interface',
      status: 'in-use',
      requesterManaged: false,
      ownerId: account,
      ipv6Addresses: [],
      ipv6Prefixes: [],
      groups: [...groups],
      attachment: { instanceId, deviceIndex, networkCardIndex: 0, status: 'attached' },
      tags: secondary
        ? {
            'node.k8s.amazonaws.com/instance_id': instanceId,
            'node.k8s.amazonaws.com/createdAt': createdAt,
            'cluster.k8s.amazonaws.com/name': cluster,
            'eks:eni:owner': 'amazon-vpc-cni',
          }
        : {},
    },
  };
}
