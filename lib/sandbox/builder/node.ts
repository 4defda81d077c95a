import type { Instance, InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';

/** How ipamd of this cluster works. */
export interface IpamdSettings {
  readonly prefixDelegation: boolean;
  readonly warmEniTarget: number;
  readonly warmPrefixTarget: number;
  readonly warmIpTarget?: number;
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
  /** Where the CNI's interfaces go in turn as each runs full; the primary's own subnet where it is one of them. */
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
interface EniDraft {
  readonly eni: Omit<NetworkInterface, 'privateIpAddresses' | 'ipv4Prefixes'>;
  readonly draft: SubnetDraft;
  readonly addresses: string[];
  readonly prefixes: string[];
  slots: number;
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
  const enis = [primary];
  const podIps: string[] = [];
  try {
    fill(request, instanceId, enis, podIps);
  } catch (error) {
    // What the subnets no longer give stays missing: the pods wait, as they would.
    if (!(error instanceof AwsError)) throw error;
  }
  const privateIp = primary.addresses[0] ?? '';
  const { subnet } = request.primary.draft;
  return {
    instance: {
      instanceId,
      instanceType: request.type.instanceType,
      state: 'running',
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      privateIpAddress: privateIp,
      launchTime: request.createdAt,
      tags: {
        [`kubernetes.io/cluster/${request.cluster}`]: 'owned',
        'eks:cluster-name': request.cluster,
        'eks:nodegroup-name': request.nodegroup,
        Name: `${request.cluster}-${request.nodegroup}`,
      },
    },
    interfaces: enis.map(({ eni, addresses, prefixes }) => ({ ...eni, privateIpAddresses: addresses, ipv4Prefixes: prefixes })),
    privateIp,
    podIps,
  };
}

function fill(request: NodeRequest, instanceId: string, enis: EniDraft[], podIps: string[]): void {
  const { ipamd, podsWanted, type, primaryCarriesPods } = request;
  const carriers = primaryCarriesPods ? [...enis] : [];
  const most = type.networkCards[type.defaultNetworkCardIndex]?.maximumNetworkInterfaces ?? type.maximumNetworkInterfaces;
  const grow = (): EniDraft | undefined => {
    const open = carriers.find(({ slots }) => slots > 0);
    if (open !== undefined || enis.length >= most) return open;
    const made = attachNext(request, instanceId, enis.length);
    enis.push(made);
    carriers.push(made);
    return made;
  };
  if (ipamd.prefixDelegation) fillPrefixes(grow, podsWanted, ipamd.warmPrefixTarget, podIps);
  else fillAddresses(grow, podsWanted, ipamd.warmIpTarget ?? 0, podIps);
  const warm = ipamd.prefixDelegation || ipamd.warmIpTarget !== undefined ? 0 : ipamd.warmEniTarget;
  if (!ipamd.prefixDelegation && ipamd.warmIpTarget === undefined) fillOpen(carriers);
  for (let at = 0; at < warm && enis.length < most; at++) {
    const made = attachNext(request, instanceId, enis.length);
    enis.push(made);
    fillOpen([made]);
  }
}

function fillPrefixes(grow: () => EniDraft | undefined, pods: number, warmPrefixTarget: number, podIps: string[]): void {
  const needed = Math.ceil(pods / 16) + warmPrefixTarget;
  for (let at = 0; at < needed; at++) {
    const into = grow();
    if (into === undefined) return;
    const prefix = into.draft.space.takePrefix();
    into.prefixes.push(prefix);
    into.slots -= 1;
    podIps.push(...addressesOf(prefix).slice(0, Math.max(0, pods - podIps.length)));
  }
}

function fillAddresses(grow: () => EniDraft | undefined, pods: number, warmIpTarget: number, podIps: string[]): void {
  for (let at = 0; at < pods + warmIpTarget; at++) {
    const into = grow();
    if (into === undefined) return;
    const address = takeSlot(into);
    if (podIps.length < pods) podIps.push(address);
  }
}

/** With WARM_ENI_TARGET an interface is filled as soon as it is attached. */
function fillOpen(enis: readonly EniDraft[]): void {
  for (const eni of enis) while (eni.slots > 0) takeSlot(eni);
}

function takeSlot(eni: EniDraft): string {
  const address = eni.draft.space.takeAddress();
  eni.addresses.push(address);
  eni.slots -= 1;
  return address;
}

/** The first subnet that still gives an address, as the CNI tries them. */
function attachNext(request: NodeRequest, instanceId: string, deviceIndex: number): EniDraft {
  const { drafts, groups } = request.pods;
  for (const draft of drafts) if (draft.space.free > 0) return attach(request, instanceId, deviceIndex, draft, groups);
  throw new AwsError('InsufficientFreeAddressesInSubnet', 'No subnet has a free address.');
}

function attach(
  { account, type, cluster, createdAt }: NodeRequest,
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
    slots: type.ipv4AddressesPerInterface - 1,
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

function addressesOf(prefix: string): string[] {
  const [a = '', b = '', c = '', d = ''] = prefix.split(/[./]/);
  return Array.from({ length: 16 }, (_, at) => `${a}.${b}.${c}.${Number(d) + at}`);
}
