import type { NetworkInterface } from '#lib/model/ec2.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { ClusterSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { draftOf, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';

/** A pod on Fargate: a node of its own, of no instance that the account can see, and that node's interface. */
export interface FargatePod {
  readonly nodeName: string;
  readonly zone: string;
  readonly address: string;
  readonly eni: NetworkInterface;
}

export function fargatePods({ account, region }: WorldSpec, vpc: VpcDraft, { name, fargate }: ClusterSpec): FargatePod[] {
  const { subnets = [], count = 0 } = fargate ?? {};
  return Array.from({ length: count }, (_, at) => {
    const { subnet, space } = draftOf(vpc, subnets[at % subnets.length] ?? '');
    const address = space.takeAddress();
    return {
      nodeName: `fargate-ip-${address.replaceAll('.', '-')}.${region}.compute.internal`,
      zone: subnet.availabilityZone,
      address,
      eni: {
        networkInterfaceId: awsId('eni', name, 'fargate', at),
        subnetId: subnet.subnetId,
        vpcId: subnet.vpcId,
        availabilityZone: subnet.availabilityZone,
        description: '',
        interfaceType: 'interface',
        status: 'in-use',
        requesterManaged: true,
        requesterId: '578734482556',
        ownerId: account,
        privateIpAddresses: [address],
        ipv4Prefixes: [],
        ipv6Addresses: [],
        ipv6Prefixes: [],
        groups: [vpc.groupId(`cluster:${name}`)],
        attachment: { deviceIndex: 1, networkCardIndex: 0, status: 'attached' },
        tags: {},
      },
    };
  });
}
