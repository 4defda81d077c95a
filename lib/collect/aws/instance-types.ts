import { DescribeInstanceTypesCommand, type InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { filterChunks, present, required } from '#lib/collect/aws/fields.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector, ec2Reads, type Sources } from '#lib/collect/sources.ts';
import type { InstanceType } from '#lib/model/ec2.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';

/** The types in use, of instances and of nodes whose instance was not seen. */
export const instanceTypes = defineCollector({
  key: 'instanceTypes',
  needs: ['instances', 'nodes'],
  permissions: ec2Reads('DescribeInstanceTypes'),
  async collect({ ec2, everyPage }, { instances, nodes }) {
    const ofNodes = (dataOf(nodes) ?? []).flatMap(typeOfNode);
    const ofInstances = (ofNodes.length > 0 ? (dataOf(instances) ?? []) : need(instances, 'instances')).map(
      ({ instanceType }) => instanceType,
    );
    return describeInstanceTypes([...ofInstances, ...ofNodes], { ec2, everyPage });
  },
});

/** Types by name; those that this Region does not have are left out. @throws ReadFailure */
export async function describeInstanceTypes(
  names: readonly string[],
  { ec2, everyPage }: Pick<Sources, 'ec2' | 'everyPage'>,
): Promise<InstanceType[]> {
  const pages = filterChunks(names).map((Values) =>
    everyPage(
      'ec2:DescribeInstanceTypes',
      // A filter and not InstanceTypes, which refuses the whole call for one name that this Region lacks.
      (NextToken) =>
        ec2(new DescribeInstanceTypesCommand({ Filters: [{ Name: 'instance-type', Values }], MaxResults: 100, NextToken })),
      (page) => page.InstanceTypes?.map(toInstanceType),
    ),
  );
  return (await Promise.all(pages)).flat();
}

function typeOfNode({ instanceId, labels }: Node): string[] {
  const type = labels['node.kubernetes.io/instance-type'];
  return instanceId === undefined || type === undefined ? [] : [type];
}

function toInstanceType(type: InstanceTypeInfo): InstanceType {
  const network = required(type.NetworkInfo, 'InstanceType.NetworkInfo');
  const maximum = required(network.MaximumNetworkInterfaces, 'NetworkInfo.MaximumNetworkInterfaces');
  const cards = (network.NetworkCards ?? []).map(({ NetworkCardIndex, MaximumNetworkInterfaces }) => ({
    networkCardIndex: NetworkCardIndex ?? 0,
    maximumNetworkInterfaces: MaximumNetworkInterfaces ?? maximum,
  }));
  return {
    instanceType: required(type.InstanceType, 'InstanceType.InstanceType'),
    bareMetal: type.BareMetal === true,
    vcpus: required(type.VCpuInfo?.DefaultVCpus, 'VCpuInfo.DefaultVCpus'),
    maximumNetworkInterfaces: maximum,
    ipv4AddressesPerInterface: required(network.Ipv4AddressesPerInterface, 'NetworkInfo.Ipv4AddressesPerInterface'),
    ipv6AddressesPerInterface: network.Ipv6AddressesPerInterface ?? 0,
    defaultNetworkCardIndex: network.DefaultNetworkCardIndex ?? 0,
    networkCards: cards.length > 0 ? cards : [{ networkCardIndex: 0, maximumNetworkInterfaces: maximum }],
    ...present({ hypervisor: type.Hypervisor }),
  };
}
