import { DescribeSubnetsCommand, type Subnet as SdkSubnet } from '@aws-sdk/client-ec2';
import { present, required, tagMap } from '#lib/collect/aws/fields.ts';
import { vpcId } from '#lib/collect/aws/vpc-id.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';
import type { Subnet } from '#lib/model/ec2.ts';

/** All of the VPC: the CNI may draw from tagged siblings of a node's subnet, and a full subnet is judged beside them. */
export const subnets = defineCollector({
  key: 'subnets',
  needs: ['cluster'],
  permissions: ec2Reads('DescribeSubnets'),
  async collect({ ec2, everyPage }, { cluster }) {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId(cluster)] }];
    return everyPage(
      'ec2:DescribeSubnets',
      (NextToken) => ec2(new DescribeSubnetsCommand({ Filters, MaxResults: 1000, NextToken })),
      (page) => page.Subnets?.map(toSubnet),
    );
  },
});

function toSubnet(subnet: SdkSubnet): Subnet {
  return {
    subnetId: required(subnet.SubnetId, 'Subnet.SubnetId'),
    vpcId: required(subnet.VpcId, 'Subnet.VpcId'),
    availabilityZone: required(subnet.AvailabilityZone, 'Subnet.AvailabilityZone'),
    cidrBlock: required(subnet.CidrBlock, 'Subnet.CidrBlock'),
    ipv6CidrBlocks: (subnet.Ipv6CidrBlockAssociationSet ?? []).flatMap(({ Ipv6CidrBlock, Ipv6CidrBlockState }) =>
      Ipv6CidrBlock !== undefined && Ipv6CidrBlockState?.State === 'associated' ? [Ipv6CidrBlock] : [],
    ),
    availableIpAddressCount: required(subnet.AvailableIpAddressCount, 'Subnet.AvailableIpAddressCount'),
    tags: tagMap(subnet.Tags),
    ...present({ availabilityZoneId: subnet.AvailabilityZoneId, ownerId: subnet.OwnerId }),
  };
}
