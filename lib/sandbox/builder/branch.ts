import type { NetworkInterface } from '#lib/model/ec2.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';

/** A pod's own interface on its node's trunk. */
export interface Branch {
  readonly eni: NetworkInterface;
  readonly address: string;
  /** `vpc.amazonaws.com/pod-eni`. */
  readonly annotation: string;
}

/** What the node's interface becomes as its trunk. Source: amazon-vpc-resource-controller-k8s pkg/provider/branch/trunk/trunk.go. */
export const TRUNK = { interfaceType: 'trunk', description: 'aws-k8s-trunk-eni' } as const;

/**
 * Branch interfaces, in the trunk's subnet and with their pods' security groups. EC2 shows them attached to no instance.
 * Source: amazon-vpc-resource-controller-k8s pkg/provider/branch/trunk/trunk.go (tags, description, annotation).
 */
export function makeBranches(count: number, { trunkId, draft, groups, account, cluster }: BranchRequest): Branch[] {
  return Array.from({ length: count }, (_, at) => {
    const address = draft.space.takeAddress();
    const { subnet } = draft;
    const vlanId = at + 1;
    const networkInterfaceId = awsId('eni', trunkId, 'branch', at);
    return {
      address,
      annotation: JSON.stringify([
        { eniId: networkInterfaceId, ifAddress: macOf(at), privateIp: address, vlanId, subnetCidr: subnet.cidrBlock },
      ]),
      eni: {
        networkInterfaceId,
        subnetId: subnet.subnetId,
        vpcId: subnet.vpcId,
        availabilityZone: subnet.availabilityZone,
        description: 'aws-k8s-branch-eni',
        interfaceType: 'branch',
        status: 'in-use',
        requesterManaged: false,
        ownerId: account,
        privateIpAddresses: [address],
        ipv4Prefixes: [],
        ipv6Addresses: [],
        ipv6Prefixes: [],
        groups: [...groups],
        tags: {
          'vpcresources.k8s.aws/trunk-eni-id': trunkId,
          'vpcresources.k8s.aws/vlan-id': String(vlanId),
          'eks:eni:owner': 'eks-vpc-resource-controller',
          [`kubernetes.io/cluster/${cluster}`]: 'owned',
        },
      },
    };
  });
}

interface BranchRequest {
  readonly trunkId: string;
  readonly draft: SubnetDraft;
  readonly groups: readonly string[];
  readonly account: string;
  readonly cluster: string;
}

function macOf(at: number): string {
  return `02:00:00:00:00:${(at + 16).toString(16)}`;
}
