import type { Instance, InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import { type Carrier, growPool, type IpamdSettings, type Pool, podAddresses } from '#lib/sandbox/builder/ipamd.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';

/** As EKS names the group behind a node group. */
export function autoScalingGroupName(cluster: string, nodegroup: string): string {
  return `eks-${nodegroup}-${awsId('asg', cluster, nodegroup).slice(4)}`;
}

export interface NodeRequest {
  readonly cluster: string;
  readonly nodegroup: string;
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
  readonly podsWanted: number;
  readonly ipamd: IpamdSettings;
}

export interface MadeNode {
  readonly instance: Instance;
  readonly interfaces: readonly NetworkInterface[];
  readonly privateIp: string;
  /** Addresses for pods, as many as were wanted or could be had. */
  readonly podIps: readonly string[];
}

/** An interface while ipamd fills it. */
interface EniDraft extends Carrier {
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

/** Lets ipamd have the addresses for the node's pods and its warm pool. */
export function fillNode({ request, instanceId, primary }: LaunchedNode): MadeNode {
  const { type, ipamd, podsWanted, primaryCarriesPods, pods } = request;
  const enis = [primary];
  const pool: Pool = {
    type,
    settings: ipamd,
    pods: podsWanted,
    attached: 1,
    carriers: primaryCarriesPods ? [primary] : [],
    drafts: pods.drafts,
  };
  growPool(pool, (draft) => {
    const made = attach(request, instanceId, enis.length, draft, pods.groups);
    enis.push(made);
    return made;
  });
  const privateIp = primary.addresses[0] ?? '';
  return {
    instance: instanceOf(request, instanceId, privateIp),
    interfaces: enis.map(({ eni, addresses, prefixes }) => ({ ...eni, privateIpAddresses: addresses, ipv4Prefixes: prefixes })),
    privateIp,
    podIps: podAddresses(pool).slice(0, podsWanted),
  };
}

function instanceOf(
  { type, primary, createdAt, cluster, nodegroup }: NodeRequest,
  instanceId: string,
  privateIp: string,
): Instance {
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
      'eks:cluster-name': cluster,
      'eks:nodegroup-name': nodegroup,
      'aws:autoscaling:groupName': autoScalingGroupName(cluster, nodegroup),
      Name: `${cluster}-${nodegroup}`,
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
