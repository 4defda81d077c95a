import type { NetworkInterface } from '#lib/model/ec2.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { LeakSpec } from '#lib/sandbox/builder/spec.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';

/**
 * Detached interfaces of nodes that are gone, as the CNI tagged them.
 * Source: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go.
 */
export function leakedInterfaces(
  { count, namesCluster = true }: LeakSpec,
  { subnet, space }: SubnetDraft,
  { cluster, account, createdAt, groups }: { cluster: string; account: string; createdAt: string; groups: readonly string[] },
): NetworkInterface[] {
  return Array.from({ length: count }, () => {
    const address = space.takeAddress();
    const instanceId = awsId('i', cluster, 'gone', address);
    return {
      networkInterfaceId: awsId('eni', 'leaked', subnet.subnetId, address),
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      description: `aws-K8S-${instanceId}`,
      interfaceType: 'interface',
      status: 'available',
      requesterManaged: false,
      ownerId: account,
      privateIpAddresses: [address],
      ipv4Prefixes: [],
      ipv6Addresses: [],
      ipv6Prefixes: [],
      groups: [...groups],
      tags: {
        'node.k8s.amazonaws.com/instance_id': instanceId,
        'node.k8s.amazonaws.com/createdAt': createdAt,
        ...(namesCluster ? { 'cluster.k8s.amazonaws.com/name': cluster, 'eks:eni:owner': 'amazon-vpc-cni' } : {}),
      },
    };
  });
}
