import type { NetworkInterface } from '#lib/model/ec2.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { ClusterSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { draftOf, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';

/** An interface of the control plane in one of the cluster's own subnets. */
export function controlPlaneInterface(
  world: WorldSpec,
  vpc: VpcDraft,
  { name }: ClusterSpec,
  subnetName: string,
  at: number,
): NetworkInterface {
  const { subnet, space } = draftOf(vpc, subnetName);
  return {
    networkInterfaceId: awsId('eni', name, 'control-plane', at),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    description: `Amazon EKS ${name}`,
    interfaceType: 'interface',
    status: 'in-use',
    requesterManaged: true,
    requesterId: '089745123456',
    ownerId: world.account,
    privateIpAddresses: [space.takeAddress()],
    ipv4Prefixes: [],
    ipv6Addresses: [],
    ipv6Prefixes: [],
    groups: [vpc.groupId(`cluster:${name}`)],
    attachment: { deviceIndex: 1, networkCardIndex: 0, status: 'attached' },
    tags: {},
  };
}
