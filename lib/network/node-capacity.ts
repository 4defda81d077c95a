import type { InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { keepsTrunkSlot } from '#lib/network/branch-limits.ts';
import { versionAtLeast } from '#lib/network/cni.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

export type IpMode = 'secondary-ip' | 'prefix' | 'ipv6';

/** Interfaces that a type takes on its default network card: the only ones that carry pods, multi-NIC pods apart. */
export function defaultCardInterfaces({ networkCards, defaultNetworkCardIndex, maximumNetworkInterfaces }: InstanceType): number {
  const card = networkCards.find(({ networkCardIndex }) => networkCardIndex === defaultNetworkCardIndex);
  return card?.maximumNetworkInterfaces ?? maximumNetworkInterfaces;
}

/**
 * How the VPC CNI gives pods their addresses on a type. Prefix delegation on IPv4 needs Nitro or bare metal: elsewhere ipamd falls
 * back to secondary addresses in silence. Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, README.md (since 1.9.0; bare metal 1.11).
 */
export function ipMode(type: Pick<InstanceType, 'hypervisor' | 'bareMetal'>, settings: VpcCniSettings): IpMode {
  if (settings.ipv6) return 'ipv6';
  if (!settings.prefixDelegation || !canDelegatePrefixes(type)) return 'secondary-ip';
  const since = type.hypervisor === 'nitro' ? '1.9.0' : '1.11.0';
  return versionAtLeast(settings.version, since) === false ? 'secondary-ip' : 'prefix';
}

export function canDelegatePrefixes({ hypervisor, bareMetal }: Pick<InstanceType, 'hypervisor' | 'bareMetal'>): boolean {
  return hypervisor === 'nitro' || bareMetal;
}

export interface NodeCapacity {
  readonly mode: IpMode;
  /** Prefix delegation is on and this type cannot have it. */
  readonly fellBack: boolean;
  /** Attached to the default network card, whatever their use. */
  readonly eniAttached: number;
  readonly eniMax: number;
  /** Interfaces that can carry pods. */
  readonly podEnis: number;
  /** Those of them that are attached. */
  readonly carriers: readonly NetworkInterface[];
  /** Pods that can have an address; null for IPv6, where one /80 outlasts any node. */
  readonly ipCapacity: number | null;
  /** Held for pods already; prefixes of /80 count as one each under IPv6. */
  readonly ipAssigned: number;
  /** Interfaces that hold both single addresses and prefixes. */
  readonly mixed: readonly string[];
}

/**
 * What a node's interfaces offer its pods. Interfaces attached already count as they are: an address or prefix of the other mode
 * keeps its slot for as long as a pod holds it.
 * Source: Amazon EKS Best Practices Guide, "Prefix mode for Linux"; amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (hasRoomForEni).
 * @param interfaces attached to the node, on any card
 * @param primaryCarriesPods false under custom networking, and where the node's subnet is tagged not to serve pods
 */
export function nodeCapacity(
  type: InstanceType,
  settings: VpcCniSettings,
  interfaces: readonly NetworkInterface[],
  primaryCarriesPods = !settings.customNetworking,
): NodeCapacity {
  const attached = interfaces.filter(({ attachment }) => attachment?.networkCardIndex === type.defaultNetworkCardIndex);
  const eniMax = Math.min(settings.maxEni ?? Number.POSITIVE_INFINITY, defaultCardInterfaces(type));
  const carriers = attached.filter((eni) => carriesPods(eni, primaryCarriesPods));
  // An unseen primary is attached all the same.
  const primaryUnseen = !primaryCarriesPods && !attached.some(isPrimary) ? 1 : 0;
  const room = eniMax - (attached.length - carriers.length) - primaryUnseen - trunkSlot(type, settings, attached);
  const podEnis = Math.max(0, carriers.length, room);
  const mode = ipMode(type, settings);
  const slots = Math.max(0, type.ipv4AddressesPerInterface - 1);
  const perSlot = mode === 'prefix' ? PREFIX_SIZE : 1;
  const mixed = carriers.filter(isMixed).map(({ networkInterfaceId }) => networkInterfaceId);
  const shared = {
    mode,
    fellBack: mode === 'secondary-ip' && settings.prefixDelegation,
    eniAttached: attached.length,
    eniMax,
    podEnis,
    carriers,
    mixed,
  };
  if (mode === 'ipv6')
    return { ...shared, ipCapacity: null, ipAssigned: sum(carriers, ({ ipv6Prefixes }) => ipv6Prefixes.length) };
  const unattached = Math.max(0, podEnis - carriers.length);
  return {
    ...shared,
    ipCapacity: sum(carriers, (eni) => interfaceCapacity(eni, slots, mode)) + unattached * slots * perSlot,
    ipAssigned: sum(carriers, (eni) => singles(eni) + PREFIX_SIZE * eni.ipv4Prefixes.length),
  };
}

/** The slot that is kept free until the trunk is attached; from then on the trunk itself takes it. */
function trunkSlot({ instanceType }: InstanceType, settings: VpcCniSettings, attached: readonly NetworkInterface[]): number {
  return keepsTrunkSlot(instanceType, settings) && !attached.some(({ interfaceType }) => interfaceType === 'trunk') ? 1 : 0;
}

function isPrimary({ attachment }: NetworkInterface): boolean {
  return attachment?.deviceIndex === 0;
}

/** Not the trunk, not one that the CNI was told to leave alone, and not a primary that is set apart. */
function carriesPods(eni: NetworkInterface, primaryCarriesPods: boolean): boolean {
  if (isPrimary(eni)) return primaryCarriesPods;
  return eni.interfaceType !== 'trunk' && eni.tags['node.k8s.amazonaws.com/no_manage'] !== 'true';
}

/** Addresses beside the interface's own. */
function singles({ privateIpAddresses }: NetworkInterface): number {
  return Math.max(0, privateIpAddresses.length - 1);
}

function isMixed(eni: NetworkInterface): boolean {
  return eni.ipv4Prefixes.length > 0 && singles(eni) > 0;
}

/** Every slot beside the interface's own address holds one address or one prefix; an empty one takes what the mode gives. */
function interfaceCapacity(eni: NetworkInterface, slots: number, mode: IpMode): number {
  const single = singles(eni);
  const prefixes = eni.ipv4Prefixes.length;
  const empty = Math.max(0, slots - single - prefixes);
  return single + PREFIX_SIZE * prefixes + empty * (mode === 'prefix' ? PREFIX_SIZE : 1);
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
