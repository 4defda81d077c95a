import type { Subnet } from '#lib/model/ec2.ts';
import type { EniConfig } from '#lib/model/kubernetes.ts';
import { formatIpv4Block } from '#lib/network/ipv4.ts';
import type { AddedSubnet } from '#lib/network/what-if/change.ts';

/** The id of a subnet that is not there yet. */
export function addedSubnetId({ block }: AddedSubnet): string {
  return `added ${formatIpv4Block(block)}`;
}

/**
 * An empty subnet as an operator would make it: tagged for pods, which the VPC CNI looks for since 1.18.
 * Source: amazon-vpc-cni-k8s README.md, ENABLE_SUBNET_DISCOVERY.
 */
export function addedSubnet(added: AddedSubnet, vpcId: string): Subnet {
  return {
    subnetId: addedSubnetId(added),
    vpcId,
    availabilityZone: added.availabilityZone,
    cidrBlock: formatIpv4Block(added.block),
    ipv6CidrBlocks: [],
    availableIpAddressCount: Math.max(0, added.block.size - 5),
    tags: { Name: 'added', 'kubernetes.io/role/cni': '1' },
  };
}

/** Under custom networking, what new nodes find: the ENIConfigs of a zone name its added subnet. Nodes that are there keep theirs. */
export function eniConfigsFor(
  configs: readonly EniConfig[],
  subnets: readonly Subnet[],
  added: readonly AddedSubnet[],
): readonly EniConfig[] {
  const zones = new Map(subnets.map(({ subnetId, availabilityZone }) => [subnetId, availabilityZone]));
  return configs.map((config) => {
    const planned = added.find(({ availabilityZone }) => availabilityZone === zones.get(config.subnet));
    return planned === undefined ? config : { ...config, subnet: addedSubnetId(planned) };
  });
}
