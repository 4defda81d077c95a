import type { SliceData } from '#lib/model/snapshot.ts';
import { blocksOverlap, formatIpv4Block, type Ipv4Block, parseIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';
import type { AddedSubnet } from '#lib/network/what-if/change.ts';

/** What an added subnet must fit in with; what was not read is not compared. */
export interface SubnetSurroundings {
  readonly subnets: SliceData['subnets'] | undefined;
  readonly vpc: SliceData['vpc'] | undefined;
  readonly serviceIpv4Cidr: string | undefined;
  /** Zones of the cluster's nodes. */
  readonly zones: readonly string[];
}

/**
 * Reads `10.9.0.0/20@eu-west-1a`; the zone may be left away where all nodes are in one.
 * @returns the subnet, or a sentence that says what is wrong with it
 */
export function parseAddedSubnet(text: string, around: SubnetSurroundings): AddedSubnet | string {
  const [cidr = '', zone] = text.split('@', 2);
  const block = parseIpv4Block(cidr);
  if (block === undefined) return `${cidr} is no IPv4 CIDR: write one as 10.9.0.0/20`;
  const wrong = wrongBlock(cidr, block) ?? overlap(block, around);
  if (wrong !== undefined) return wrong;
  const zones = around.zones.toSorted();
  const [only] = zones;
  if (zone === undefined && (zones.length > 1 || only === undefined))
    return `which zone is ${cidr} in? Write ${cidr}@ZONE${zones.length > 0 ? `: the nodes are in ${zones.join(', ')}` : ''}`;
  const availabilityZone = zone ?? only ?? '';
  if (zones.length > 0 && !zones.includes(availabilityZone))
    return `no node is in ${availabilityZone}, and pods draw from subnets of their node's zone: the nodes are in ${zones.join(', ')}`;
  return { block, availabilityZone };
}

/** Source: Amazon VPC User Guide, "Subnet CIDR blocks": /16 to /28. */
function wrongBlock(cidr: string, block: Ipv4Block): string | undefined {
  if (block.size > 2 ** 16 || block.size < 2 ** 4) return `a subnet has a size from /16 to /28, and ${cidr} has not`;
  if (parseIpv4(cidr.split('/')[0] ?? '') !== block.first)
    return `${cidr} has host bits: did you mean ${formatIpv4Block(block)}?`;
  return undefined;
}

function overlap(block: Ipv4Block, { subnets = [], vpc, serviceIpv4Cidr }: SubnetSurroundings): string | undefined {
  const text = formatIpv4Block(block);
  const taken = subnets.find(({ cidrBlock }) => overlaps(cidrBlock, block));
  if (taken !== undefined) return `${text} overlaps the subnet ${taken.subnetId} (${taken.cidrBlock})`;
  if (serviceIpv4Cidr !== undefined && overlaps(serviceIpv4Cidr, block))
    return `${text} overlaps the cluster's service range ${serviceIpv4Cidr}: pods there could not be told from Services`;
  const split = vpc?.cidrBlocks.find((cidr) => overlaps(cidr, block) && (parseIpv4Block(cidr)?.size ?? 0) < block.size);
  return split === undefined ? undefined : `${text} is larger than the VPC's ${split} inside of it`;
}

function overlaps(cidr: string, block: Ipv4Block): boolean {
  const other = parseIpv4Block(cidr);
  return other !== undefined && blocksOverlap(other, block);
}
