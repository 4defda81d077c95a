import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { type Address, cidrContains, formatAddressCidr, parseAddress, parseCidr } from '#lib/network/address.ts';
import { findCnis } from '#lib/network/cni.ts';
import { type InterfaceIndex, interfaceIndex } from '#lib/network/interface-index.ts';
import { overlayCni } from '#lib/network/overlay.ts';
import { podInterface } from '#lib/network/pod-interfaces.ts';
import type { PolicyEnd } from '#lib/network/policy/ends.ts';
import { type VpcCniSettings, vpcCniSettings } from '#lib/network/vpc-cni.ts';

/** A pod, or an address that no pod has of its own. */
export type PathEnd = { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly address: Address };

/** `shop/web-1`, `10.0.0.1`. */
export function endName(end: PathEnd): string {
  return end.kind === 'pod' ? `${end.pod.namespace}/${end.pod.name}` : addressText(end.address);
}

export function addressText(address: Address): string {
  return formatAddressCidr(address).replace(/\/\d+$/, '');
}

/** Where an end hangs on the VPC. */
export type Attachment =
  | {
      readonly kind: 'interface';
      readonly eni: NetworkInterface;
      readonly address: Address;
      readonly fromPrefix: boolean;
      /** See PodInterface. */
      readonly groupSets: readonly (readonly string[])[];
      /** On a branch interface in strict mode, even traffic of the same node leaves through the VPC. */
      readonly strict: boolean;
    }
  | { readonly kind: 'outside'; readonly address: Address }
  | {
      readonly kind: 'unseen';
      readonly address: Address | undefined;
      readonly subnetId: string | undefined;
      readonly reason: string;
    };

/** How the pods and nodes of a cluster hang on its VPC. */
export interface PathPlaces {
  /** Why nothing can be told of traffic in the VPC; undefined where it can. */
  readonly hidden: string | undefined;
  readonly index: InterfaceIndex;
  readonly settings: VpcCniSettings | undefined;
  readonly attach: (end: PathEnd) => Attachment;
  readonly nodeOf: (end: PathEnd) => string | undefined;
  /** An address outside the VPC's own ranges; undefined where these were not read. */
  readonly isOutside: (address: Address) => boolean | undefined;
}

export function pathPlaces(slices: Slices): PathPlaces {
  const pods = dataOf(slices.pods) ?? [];
  const nodes = dataOf(slices.nodes) ?? [];
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const index = interfaceIndex(dataOf(slices.networkInterfaces) ?? []);
  const cnis = findCnis(dataOf(slices.daemonSets) ?? []);
  const vpcCni = cnis.find(({ kind }) => kind === 'vpc-cni');
  const settings = vpcCni && vpcCniSettings(vpcCni);
  const overlay = overlayCni(cnis, pods, { nodes: byName, index });
  const nodeByAddress = new Map(nodes.flatMap(({ name, internalIps }) => internalIps.map((ip) => [parseAddress(ip), name])));
  const isOutside = outsideOf(slices);
  return {
    hidden: overlay && `${overlay} carries pods in tunnels, in which the VPC sees nodes talk to nodes`,
    index,
    settings,
    isOutside,
    nodeOf: (end) => (end.kind === 'pod' ? end.pod.nodeName : nodeByAddress.get(end.address)),
    attach: (end) => {
      if (end.kind === 'address') return attachAddress(end.address, { index, slices, isOutside });
      const found = podInterface(end.pod, byName.get(end.pod.nodeName ?? ''), { index, settings });
      if ('eni' in found) return { kind: 'interface', ...found, strict: found.attachment === 'pod-security-groups-strict' };
      const address = parseAddress(end.pod.podIps[0] ?? '');
      const reason = `${endName(end)} is one of those pods that ${found.reason}`;
      return { kind: 'unseen', address, subnetId: address === undefined ? undefined : subnetOf(slices, address), reason };
    },
  };
}

interface AddressContext {
  readonly index: InterfaceIndex;
  readonly slices: Slices;
  readonly isOutside: PathPlaces['isOutside'];
}

function attachAddress(address: Address, { index, slices, isOutside }: AddressContext): Attachment {
  const holding = index.byAddress(address);
  if (holding !== undefined) return { kind: 'interface', address, ...holding, groupSets: [holding.eni.groups], strict: false };
  if (isOutside(address)) return { kind: 'outside', address };
  const reason = `the interface of ${addressText(address)} was not read: cniwatch reads those of the cluster's own subnets`;
  return { kind: 'unseen', address, subnetId: subnetOf(slices, address), reason };
}

function outsideOf({ vpc }: Slices): PathPlaces['isOutside'] {
  const known = dataOf(vpc);
  if (known === undefined) return () => undefined;
  const blocks = [...known.cidrBlocks, ...known.ipv6CidrBlocks].flatMap((text) => parseCidr(text) ?? []);
  return (address) => !blocks.some((block) => cidrContains(block, address));
}

function subnetOf({ subnets }: Slices, address: Address): string | undefined {
  return dataOf(subnets)?.find(({ cidrBlock, ipv6CidrBlocks }) =>
    [cidrBlock, ...ipv6CidrBlocks].some((text) => {
      const block = parseCidr(text);
      return block !== undefined && cidrContains(block, address);
    }),
  )?.subnetId;
}

/** As policies look at it. */
export function policyEnd(end: PathEnd, nodeName: string | undefined): PolicyEnd {
  return end.kind === 'pod' || nodeName === undefined ? end : { ...end, nodeName };
}
