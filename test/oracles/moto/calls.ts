import {
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  GetManagedPrefixListEntriesCommand,
  GetSubnetCidrReservationsCommand,
  type InstanceTypeInfo,
  type NetworkInterface,
  type SecurityGroupRule,
  type Subnet,
  type Tag,
} from '@aws-sdk/client-ec2';

/** What the cases ask about: ids of the original. */
export interface Subject {
  readonly cluster: string;
  readonly vpcs: readonly string[];
  readonly subnets: readonly string[];
  readonly instances: readonly string[];
  readonly instanceTypes: readonly string[];
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

/** One call as a collector makes it, and what of its answer is compared. */
export interface Call {
  readonly name: string;
  /** What moto gets wrong, and is therefore not compared. */
  readonly wrongInMoto: string;
  /** The compared part of the answer, for one or more requests. */
  ask(ec2: EC2Client, subject: Subject): Promise<unknown[]>;
}

const filter = (Name: string, Values: readonly string[]): Filter[] => [{ Name, Values: [...Values] }];
const tags = (all: Tag[] | undefined) => Object.fromEntries((all ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
const ALIVE: Filter = { Name: 'instance-state-name', Values: ['pending', 'running', 'shutting-down', 'stopping', 'stopped'] };

export const CALLS: readonly Call[] = [
  {
    name: 'DescribeVpcs by vpc-id',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { vpcs }) {
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: filter('vpc-id', vpcs), MaxResults: 5 }));
      return Vpcs.map(({ VpcId, OwnerId, CidrBlock, CidrBlockAssociationSet = [], Tags }) => ({
        VpcId,
        OwnerId,
        CidrBlock,
        associated: CidrBlockAssociationSet.map((one) => `${one.CidrBlock} ${one.CidrBlockState?.State}`).sort(),
        tags: tags(Tags),
      }));
    },
  },
  {
    name: 'DescribeSubnets by vpc-id',
    wrongInMoto: [
      'AvailabilityZoneId is a made-up one',
      'AvailableIpAddressCount knows no delegated prefixes, so the 16 addresses of each are added here',
      'it takes the size of prefix reservations off, which AWS does not document: not compared where there are any',
    ].join('; '),
    async ask(ec2, { vpcs }) {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: filter('vpc-id', vpcs), MaxResults: 1000 }));
      return Promise.all(Subnets.map((subnet) => describedSubnet(ec2, subnet)));
    },
  },
  {
    name: 'DescribeSubnets by subnet-id',
    wrongInMoto: 'as by vpc-id',
    async ask(ec2, { subnets }) {
      const request = { Filters: filter('subnet-id', subnets.slice(0, 2)), MaxResults: 1000 };
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand(request));
      return Subnets.map(({ SubnetId, VpcId, CidrBlock }) => ({ SubnetId, VpcId, CidrBlock }));
    },
  },
  {
    name: 'DescribeNetworkInterfaces by subnet-id',
    wrongInMoto: [
      'no prefixes, no MaxResults paging, InterfaceType always interface, NetworkCardIndex always 0',
      'none is requester-managed, so what AWS attached to its own services is here a loose one',
      'a primary interface has a description of its own',
      'an attached one bears the groups of its instance besides its own',
    ].join('; '),
    async ask(ec2, { subnets }) {
      const found = await Promise.all(
        subnets.map((id) => ec2.send(new DescribeNetworkInterfacesCommand({ Filters: filter('subnet-id', [id]) }))),
      );
      return found.flatMap(({ NetworkInterfaces = [] }) => NetworkInterfaces.map(networkInterface));
    },
  },
  {
    name: "DescribeInstances by the cluster's tag, alive",
    wrongInMoto: 'LaunchTime is when the copy was made',
    async ask(ec2, { cluster }) {
      const Filters = [...filter('tag-key', [`kubernetes.io/cluster/${cluster}`]), ALIVE];
      return instances(ec2, Filters);
    },
  },
  {
    name: 'DescribeInstances by instance-id, alive',
    wrongInMoto: 'LaunchTime is when the copy was made',
    ask: (ec2, { instances: ids }) => instances(ec2, [...filter('instance-id', ids.slice(0, 3)), ALIVE]),
  },
  {
    name: 'DescribeInstanceTypes by instance-type',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { instanceTypes }) {
      const request = { Filters: filter('instance-type', instanceTypes), MaxResults: 100 };
      const { InstanceTypes = [] } = await ec2.send(new DescribeInstanceTypesCommand(request));
      return InstanceTypes.map(instanceType);
    },
  },
  {
    name: 'DescribeSecurityGroups by group-id',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { groups }) {
      const request = { Filters: filter('group-id', groups), MaxResults: 1000 };
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand(request));
      return SecurityGroups.map(({ GroupId, GroupName, VpcId, OwnerId, Tags }) => ({
        GroupId,
        GroupName,
        VpcId,
        OwnerId,
        tags: tags(Tags),
      }));
    },
  },
  {
    name: 'DescribeSecurityGroupRules by group-id',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { groups }) {
      const request = { Filters: filter('group-id', groups), MaxResults: 1000 };
      const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(request));
      return SecurityGroupRules.map(rule);
    },
  },
  {
    name: 'DescribeNetworkAcls by vpc-id',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { vpcs }) {
      const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({ Filters: filter('vpc-id', vpcs) }));
      return NetworkAcls.map(({ NetworkAclId, VpcId, IsDefault, Associations = [], Entries = [] }) => ({
        NetworkAclId,
        VpcId,
        IsDefault,
        subnets: Associations.map(({ SubnetId }) => SubnetId),
        entries: Entries.map(({ RuleNumber, Egress, Protocol, RuleAction, CidrBlock, PortRange }) => ({
          RuleNumber,
          Egress,
          Protocol,
          RuleAction,
          CidrBlock,
          PortRange,
        })),
      }));
    },
  },
  {
    name: 'GetSubnetCidrReservations',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { subnets }) {
      const found = await Promise.all(
        subnets.map((SubnetId) => ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId, MaxResults: 1000 }))),
      );
      return found.flatMap(({ SubnetIpv4CidrReservations = [] }) =>
        SubnetIpv4CidrReservations.map(({ SubnetCidrReservationId, SubnetId, Cidr, ReservationType }) => ({
          SubnetCidrReservationId,
          SubnetId,
          Cidr,
          ReservationType,
        })),
      );
    },
  },
  {
    name: 'GetManagedPrefixListEntries',
    wrongInMoto: 'nothing that is read',
    async ask(ec2, { prefixLists }) {
      const found = await Promise.all(
        prefixLists.map((PrefixListId) => ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId, MaxResults: 100 }))),
      );
      return found.map(({ Entries = [] }, list) => ({ list: prefixLists[list], cidrs: Entries.map(({ Cidr }) => Cidr).sort() }));
    },
  },
];

async function describedSubnet(ec2: EC2Client, subnet: Subnet): Promise<unknown> {
  const { SubnetId, VpcId, OwnerId, AvailabilityZone, CidrBlock, AvailableIpAddressCount = Number.NaN, Tags } = subnet;
  const Filters = filter('subnet-id', [SubnetId ?? '']);
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  const prefixes = NetworkInterfaces.reduce((sum, { Ipv4Prefixes = [] }) => sum + Ipv4Prefixes.length, 0);
  const { SubnetIpv4CidrReservations = [] } = await ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId }));
  const freeWithoutPrefixes = SubnetIpv4CidrReservations.length > 0 ? 'not compared' : AvailableIpAddressCount + 16 * prefixes;
  return { SubnetId, VpcId, OwnerId, AvailabilityZone, CidrBlock, freeWithoutPrefixes, tags: tags(Tags) };
}

function networkInterface(eni: NetworkInterface) {
  const { Attachment: attachment } = eni;
  const ofInstance = attachment?.InstanceId === undefined ? undefined : attachment;
  return {
    NetworkInterfaceId: eni.NetworkInterfaceId,
    SubnetId: eni.SubnetId,
    VpcId: eni.VpcId,
    OwnerId: eni.OwnerId,
    AvailabilityZone: eni.AvailabilityZone,
    PrivateIpAddress: eni.PrivateIpAddress,
    addresses: (eni.PrivateIpAddresses ?? []).map((one) => `${one.PrivateIpAddress} ${one.Primary === true}`),
    tags: tags(eni.TagSet),
    description: ofInstance?.DeviceIndex === 0 ? 'not compared' : eni.Description,
    groups: ofInstance === undefined ? eni.Groups?.map(({ GroupId }) => GroupId) : 'not compared',
    attachment: ofInstance && { instance: ofInstance.InstanceId, device: ofInstance.DeviceIndex, status: ofInstance.Status },
    Status: ofInstance === undefined ? 'not compared' : eni.Status,
  };
}

async function instances(ec2: EC2Client, Filters: Filter[]): Promise<unknown[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 1000 }));
  return Reservations.flatMap(({ Instances = [] }) => Instances).map((instance) => ({
    InstanceId: instance.InstanceId,
    InstanceType: instance.InstanceType,
    state: instance.State?.Name,
    SubnetId: instance.SubnetId,
    VpcId: instance.VpcId,
    zone: instance.Placement?.AvailabilityZone,
    PrivateIpAddress: instance.PrivateIpAddress,
    tags: tags(instance.Tags),
  }));
}

function instanceType({ InstanceType, Hypervisor, BareMetal, VCpuInfo, NetworkInfo }: InstanceTypeInfo) {
  return {
    InstanceType,
    Hypervisor,
    BareMetal,
    vcpus: VCpuInfo?.DefaultVCpus,
    MaximumNetworkInterfaces: NetworkInfo?.MaximumNetworkInterfaces,
    Ipv4AddressesPerInterface: NetworkInfo?.Ipv4AddressesPerInterface,
    Ipv6AddressesPerInterface: NetworkInfo?.Ipv6AddressesPerInterface,
    DefaultNetworkCardIndex: NetworkInfo?.DefaultNetworkCardIndex,
    cards: NetworkInfo?.NetworkCards?.map(({ NetworkCardIndex, MaximumNetworkInterfaces }) => ({
      NetworkCardIndex,
      MaximumNetworkInterfaces,
    })),
  };
}

function rule(one: SecurityGroupRule) {
  return {
    SecurityGroupRuleId: one.SecurityGroupRuleId,
    GroupId: one.GroupId,
    GroupOwnerId: one.GroupOwnerId,
    IsEgress: one.IsEgress,
    IpProtocol: one.IpProtocol,
    FromPort: one.FromPort,
    ToPort: one.ToPort,
    CidrIpv4: one.CidrIpv4,
    CidrIpv6: one.CidrIpv6,
    PrefixListId: one.PrefixListId,
    referenced: one.ReferencedGroupInfo?.GroupId,
  };
}
