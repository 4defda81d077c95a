import type { NetworkInterface, Subnet } from '#lib/model/ec2.ts';
import { blockOf, PREFIX_SIZE } from '#lib/sandbox/block.ts';

/** AWS keeps the first four addresses and the last. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
const RESERVED = 5;

/** What EC2 answers as AvailableIpAddressCount: single addresses, whether or not they make a /28. */
export function availableIpAddressCount(subnet: Subnet, interfaces: readonly NetworkInterface[]): number {
  const held = interfaces.reduce((sum, eni) => sum + eni.privateIpAddresses.length + PREFIX_SIZE * eni.ipv4Prefixes.length, 0);
  return blockOf(subnet.cidrBlock).size - RESERVED - held;
}
