import {
  AssignPrivateIpAddressesCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import type { Moto } from '../moto/server.ts';

export interface ShopNode {
  readonly instanceId: string;
  readonly zone: string;
  /** The primary one of the primary interface; the pods take those after it. */
  readonly address: string;
  readonly podAddresses: readonly string[];
}

export interface ShopInAws {
  /** Of every interface: it lets its own members in. */
  readonly groupId: string;
  /** Takes that rule away. */
  revokeOwnIngress(): Promise<void>;
  readonly roomy: { readonly subnetId: string; readonly node: ShopNode };
  /** Eleven addresses can be had, and all are taken. */
  readonly full: { readonly subnetId: string; readonly node: ShopNode };
}

const CLUSTER = 'shop-prod';
const ROLE = 'arn:aws:iam::111122223333:role/eks';

/** A cluster of two nodes: one in a subnet with room, one in a subnet without. */
export async function buildShopInAws(moto: Moto, region: string): Promise<ShopInAws> {
  const settings = { region, endpoint: moto.endpoint, credentials: moto.credentials };
  const ec2 = new EC2Client(settings);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  const group = { GroupName: 'eks-cluster-sg-shop-prod', Description: 'nodes and control plane', VpcId };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(group));
  const fromItself = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [fromItself] }));

  const subnet = async (CidrBlock: string, zone: string) => {
    const made = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: `${region}${zone}` }));
    return made.Subnet?.SubnetId ?? '';
  };
  const node = async (SubnetId: string, zone: string, prefix: string, first: number): Promise<ShopNode> => {
    const [address = '', ...podAddresses] = addresses(prefix, first, 5);
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-0123456789abcdef0',
        InstanceType: 'm5.large',
        MinCount: 1,
        MaxCount: 1,
        SubnetId,
        SecurityGroupIds: [GroupId],
        PrivateIpAddress: address,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: `kubernetes.io/cluster/${CLUSTER}`, Value: 'owned' }] }],
      }),
    );
    const instance = Instances?.[0];
    // Apart, as the VPC CNI does it: moto drops the secondary addresses of a launch.
    const { NetworkInterfaceId } = instance?.NetworkInterfaces?.[0] ?? {};
    await ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: podAddresses }));
    return { instanceId: instance?.InstanceId ?? '', zone: `${region}${zone}`, address, podAddresses };
  };
  const roomy = await subnet('10.0.0.0/24', 'a');
  const full = await subnet('10.0.1.0/28', 'b');
  const nodes = [await node(roomy, 'a', '10.0.0', 10), await node(full, 'b', '10.0.1', 4)] as const;
  const balancer = addresses('10.0.1', 9, 6).map((PrivateIpAddress, index) => ({ PrivateIpAddress, Primary: index === 0 }));
  await ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: full,
      Description: 'ELB app/shop/1',
      Groups: [GroupId],
      PrivateIpAddresses: balancer,
    }),
  );

  const eks = new EKSClient(settings);
  const resourcesVpcConfig = { subnetIds: [roomy, full], securityGroupIds: [GroupId] };
  await eks.send(new CreateClusterCommand({ name: CLUSTER, roleArn: ROLE, version: '1.33', resourcesVpcConfig }));
  return {
    groupId: GroupId,
    revokeOwnIngress: async () => {
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [fromItself] }));
    },
    roomy: { subnetId: roomy, node: nodes[0] },
    full: { subnetId: full, node: nodes[1] },
  };
}

const addresses = (prefix: string, first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}.${first + index}`);
