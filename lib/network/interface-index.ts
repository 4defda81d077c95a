import type { NetworkInterface } from '#lib/model/ec2.ts';
import { type Address, parseAddress, parseCidr } from '#lib/network/address.ts';
import { remember } from '#lib/network/remember.ts';

/** The interface behind an address, and whether the address comes from a delegated prefix. */
export interface Holding {
  readonly eni: NetworkInterface;
  readonly fromPrefix: boolean;
}

/** Finds interfaces by what pods and nodes know of them. */
export interface InterfaceIndex {
  byId(networkInterfaceId: string): NetworkInterface | undefined;
  /** The interface at device index 0 of the first network card, whose groups decide about the node's own traffic. */
  primaryOf(instanceId: string): NetworkInterface | undefined;
  byAddress(address: Address): Holding | undefined;
  /** How many interfaces carry a security group: the fewer, the narrower a rule of that group. */
  carriers(groupId: string): number;
}

/** EC2 delegates /28 and /80 prefixes. Source: Amazon EC2 User Guide, "Prefix delegation for network interfaces". */
const prefixKey = (address: Address): Address => (typeof address === 'number' ? Math.floor(address / 16) : address >> 48n);

/** One pass over the interfaces, once for all checks of a Snapshot; every question then costs one look-up, whatever their number. */
export const interfaceIndex = remember(indexOf);

function indexOf(interfaces: readonly NetworkInterface[]): InterfaceIndex {
  const ids = new Map<string, NetworkInterface>();
  const primaries = new Map<string, NetworkInterface>();
  const addresses = new Map<Address, NetworkInterface>();
  const prefixes = new Map<Address, NetworkInterface>();
  const carriers = new Map<string, number>();
  for (const eni of interfaces) {
    ids.set(eni.networkInterfaceId, eni);
    const { instanceId, deviceIndex, networkCardIndex } = eni.attachment ?? {};
    if (instanceId !== undefined && deviceIndex === 0 && networkCardIndex === 0) primaries.set(instanceId, eni);
    for (const group of eni.groups) carriers.set(group, (carriers.get(group) ?? 0) + 1);
    addAll(addresses, eni, eni.privateIpAddresses, parseAddress);
    addAll(addresses, eni, eni.ipv6Addresses, parseAddress);
    addAll(prefixes, eni, eni.ipv4Prefixes, firstPrefixKey);
    addAll(prefixes, eni, eni.ipv6Prefixes, firstPrefixKey);
  }
  return {
    byId: (id) => ids.get(id),
    primaryOf: (instanceId) => primaries.get(instanceId),
    carriers: (groupId) => carriers.get(groupId) ?? 0,
    byAddress(address) {
      const own = addresses.get(address);
      if (own !== undefined) return { eni: own, fromPrefix: false };
      const delegated = prefixes.get(prefixKey(address));
      return delegated === undefined ? undefined : { eni: delegated, fromPrefix: true };
    },
  };
}

function firstPrefixKey(prefix: string): Address | undefined {
  const block = parseCidr(prefix);
  return block === undefined ? undefined : prefixKey(block.first);
}

function addAll(
  into: Map<Address, NetworkInterface>,
  eni: NetworkInterface,
  texts: readonly string[],
  parse: (text: string) => Address | undefined,
): void {
  for (const text of texts) {
    const key = parse(text);
    if (key !== undefined) into.set(key, eni);
  }
}
