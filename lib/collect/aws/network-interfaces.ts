import { DescribeNetworkInterfacesCommand, type NetworkInterface as SdkInterface } from '@aws-sdk/client-ec2';
import { filterChunks, present, required, tagMap, texts } from '#lib/collect/aws/fields.ts';
import { SCOPE_NEEDS, subnetsInScope } from '#lib/collect/aws/subnets-in-scope.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';
import type { NetworkInterface } from '#lib/model/ec2.ts';

/** Every interface of the subnets in scope, whoever owns it: each one occupies addresses there. */
export const networkInterfaces = defineCollector({
  key: 'networkInterfaces',
  needs: SCOPE_NEEDS,
  permissions: ec2Reads('DescribeNetworkInterfaces'),
  async collect({ ec2, everyPage }, slices) {
    const pages = filterChunks(subnetsInScope(slices)).map((Values) =>
      everyPage(
        'ec2:DescribeNetworkInterfaces',
        (NextToken) =>
          ec2(new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'subnet-id', Values }], MaxResults: 1000, NextToken })),
        (page) => page.NetworkInterfaces?.map(toNetworkInterface),
      ),
    );
    return (await Promise.all(pages)).flat();
  },
});

function toNetworkInterface(eni: SdkInterface): NetworkInterface {
  const addresses = [...(eni.PrivateIpAddresses ?? [])].sort((a, b) => Number(b.Primary ?? false) - Number(a.Primary ?? false));
  return {
    networkInterfaceId: required(eni.NetworkInterfaceId, 'NetworkInterface.NetworkInterfaceId'),
    subnetId: required(eni.SubnetId, 'NetworkInterface.SubnetId'),
    vpcId: required(eni.VpcId, 'NetworkInterface.VpcId'),
    availabilityZone: required(eni.AvailabilityZone, 'NetworkInterface.AvailabilityZone'),
    description: eni.Description ?? '',
    interfaceType: eni.InterfaceType ?? 'interface',
    status: required(eni.Status, 'NetworkInterface.Status'),
    requesterManaged: eni.RequesterManaged === true,
    privateIpAddresses: texts(addresses.map(({ PrivateIpAddress }) => PrivateIpAddress)),
    ipv4Prefixes: texts(eni.Ipv4Prefixes?.map(({ Ipv4Prefix }) => Ipv4Prefix)),
    ipv6Addresses: texts(eni.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address)),
    ipv6Prefixes: texts(eni.Ipv6Prefixes?.map(({ Ipv6Prefix }) => Ipv6Prefix)),
    groups: texts(eni.Groups?.map(({ GroupId }) => GroupId)),
    tags: tagMap(eni.TagSet),
    ...present({ requesterId: eni.RequesterId || undefined, ownerId: eni.OwnerId, attachment: attachment(eni) }),
  };
}

function attachment({ Attachment: attached }: SdkInterface): NetworkInterface['attachment'] {
  if (attached === undefined) return undefined;
  return {
    deviceIndex: attached.DeviceIndex ?? 0,
    networkCardIndex: attached.NetworkCardIndex ?? 0,
    ...present({ instanceId: attached.InstanceId || undefined, status: attached.Status }),
  };
}
