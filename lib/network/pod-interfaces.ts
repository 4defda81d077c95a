import * as z from 'zod';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { type Address, parseAddress } from '#lib/network/address.ts';
import type { InterfaceIndex } from '#lib/network/interface-index.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** How a pod is attached to the VPC, which decides whose security groups its traffic meets. */
export type PodAttachment =
  | 'host-network'
  | 'pod'
  | 'custom-networking'
  | 'pod-security-groups-strict'
  | 'pod-security-groups-standard'
  | 'fargate';

export interface PodInterface {
  readonly attachment: PodAttachment;
  readonly eni: NetworkInterface;
  readonly address: Address;
  readonly fromPrefix: boolean;
  /**
   * The security groups that decide, one set for each reading of AWS's documents: the README of the VPC CNI lets the branch
   * interface alone decide in standard mode, the EKS Best Practices Guide demands that the node's primary interface agrees.
   */
  readonly groupSets: readonly (readonly string[])[];
}

/** Why a pod's interface cannot be told. `seen: false`: EC2 showed none with its address, as when it is younger than the list. */
export interface NoInterface {
  readonly reason: string;
  readonly seen: boolean;
}

export interface AttachmentContext {
  readonly index: InterfaceIndex;
  /** Absent where the VPC CNI does not run. */
  readonly settings?: VpcCniSettings | undefined;
}

/**
 * The interface of a pod that has an address: its branch interface by annotation, the node's primary one on the host network,
 * else the one that holds the pod's address, by itself or in a delegated prefix.
 * Sources: amazon-vpc-cni-k8s README.md; EKS Best Practices Guide, "Security groups per pod".
 */
export function podInterface(pod: Pod, node: Node | undefined, context: AttachmentContext): PodInterface | NoInterface {
  const address = parseAddress(pod.podIps[0] ?? '');
  if (address === undefined) return { reason: 'have no address', seen: true };
  if (node?.operatingSystem === 'windows') return { reason: 'run on Windows nodes', seen: true };
  if (node?.labels['eks.amazonaws.com/compute-type'] === 'hybrid') {
    return { reason: 'run on hybrid nodes, outside the VPC', seen: true };
  }
  if (pod.podEni !== undefined) return branchInterface(pod.podEni, address, node, context);
  if (pod.hostNetwork) return primaryInterface(address, node, context);
  const holding = context.index.byAddress(address);
  if (holding === undefined) return { reason: 'have an address of no interface that can be seen', seen: false };
  const { eni, fromPrefix } = holding;
  const { instanceId } = eni.attachment ?? {};
  // The pod has moved, or its range overlaps the VPC's: these groups are not its own.
  if (instanceId !== undefined && node?.instanceId !== undefined && instanceId !== node.instanceId) {
    return { reason: "have an address of another node's interface", seen: false };
  }
  if ((eni.attachment?.networkCardIndex ?? 0) > 0) return { reason: 'hang on a second network card', seen: true };
  return { attachment: addressAttachment(eni, node, context), eni, address, fromPrefix, groupSets: [eni.groups] };
}

function addressAttachment(eni: NetworkInterface, node: Node | undefined, { settings }: AttachmentContext): PodAttachment {
  if (node?.labels['eks.amazonaws.com/compute-type'] === 'fargate') return 'fargate';
  return settings?.customNetworking && eni.attachment?.deviceIndex !== 0 ? 'custom-networking' : 'pod';
}

function primaryInterface(address: Address, node: Node | undefined, { index }: AttachmentContext): PodInterface | NoInterface {
  const eni = index.primaryOf(node?.instanceId ?? '') ?? index.byAddress(address)?.eni;
  if (eni === undefined) return { reason: 'use the network of a node whose interface cannot be seen', seen: false };
  return { attachment: 'host-network', eni, address, fromPrefix: false, groupSets: [eni.groups] };
}

/** The controller writes `vlanId` and the CNI's own type says `vlanID`; neither is needed to find the interface. */
const podEniAnnotation = z.array(z.object({ eniId: z.string().min(1) })).min(1);

function branchInterface(
  annotation: string,
  address: Address,
  node: Node | undefined,
  { index, settings }: AttachmentContext,
): PodInterface | NoInterface {
  const eniId = branchEniId(annotation);
  if (eniId === undefined) return { reason: 'have an annotation vpc.amazonaws.com/pod-eni that cannot be read', seen: true };
  const eni = index.byId(eniId);
  if (eni === undefined) return { reason: 'have a branch interface that cannot be seen', seen: false };
  const branch = { eni, address, fromPrefix: false };
  if (settings?.podSecurityGroupEnforcingMode !== 'standard') {
    return { ...branch, attachment: 'pod-security-groups-strict', groupSets: [eni.groups] };
  }
  const primary = index.primaryOf(node?.instanceId ?? '');
  if (primary === undefined) return { reason: 'use the network of a node whose interface cannot be seen', seen: false };
  return { ...branch, attachment: 'pod-security-groups-standard', groupSets: [eni.groups, primary.groups] };
}

function branchEniId(annotation: string): string | undefined {
  try {
    return podEniAnnotation.safeParse(JSON.parse(annotation)).data?.[0]?.eniId;
  } catch {
    return undefined;
  }
}
