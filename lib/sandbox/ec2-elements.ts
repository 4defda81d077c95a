/** cniwatch's reduced EC2 shapes as the elements of EC2's answers. Source: Amazon EC2 API Reference, data types. */
import type {
  Instance,
  InstanceType,
  NetworkAcl,
  NetworkInterface,
  SecurityGroup,
  Subnet,
  SubnetCidrReservation,
  Vpc,
} from '#lib/model/ec2.ts';
import type { WorldSecurityGroupRule } from '#lib/sandbox/world.ts';
import type { XmlValue } from '#lib/sandbox/xml.ts';

type Tags = Readonly<Record<string, string>>;

function tagSet(tags: Tags): XmlValue {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function vpcElement({ vpcId, cidrBlocks, ipv6CidrBlocks, ownerId }: Vpc): XmlValue {
  return {
    vpcId,
    ownerId,
    state: 'available',
    cidrBlock: cidrBlocks[0],
    cidrBlockAssociationSet: cidrBlocks.map((cidrBlock, at) => ({
      associationId: `vpc-cidr-assoc-${vpcId.slice(4)}${at}`,
      cidrBlock,
      cidrBlockState: { state: 'associated' },
    })),
    ipv6CidrBlockAssociationSet: ipv6CidrBlocks.map((ipv6CidrBlock) => ({
      ipv6CidrBlock,
      ipv6CidrBlockState: { state: 'associated' },
    })),
    isDefault: false,
  };
}

export function subnetElement(subnet: Subnet, availableIpAddressCount: number): XmlValue {
  return {
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    state: 'available',
    availabilityZone: subnet.availabilityZone,
    availabilityZoneId: subnet.availabilityZoneId,
    cidrBlock: subnet.cidrBlock,
    ipv6CidrBlockAssociationSet: subnet.ipv6CidrBlocks.map((ipv6CidrBlock) => ({
      ipv6CidrBlock,
      ipv6CidrBlockState: { state: 'associated' },
    })),
    availableIpAddressCount,
    ownerId: subnet.ownerId,
    tagSet: tagSet(subnet.tags),
  };
}

export function networkInterfaceElement(eni: NetworkInterface): XmlValue {
  const { attachment } = eni;
  return {
    networkInterfaceId: eni.networkInterfaceId,
    subnetId: eni.subnetId,
    vpcId: eni.vpcId,
    availabilityZone: eni.availabilityZone,
    description: eni.description,
    interfaceType: eni.interfaceType,
    status: eni.status,
    requesterManaged: eni.requesterManaged,
    requesterId: eni.requesterId,
    ownerId: eni.ownerId,
    privateIpAddress: eni.privateIpAddresses[0],
    privateIpAddressesSet: eni.privateIpAddresses.map((privateIpAddress, at) => ({ privateIpAddress, primary: at === 0 })),
    ipv4PrefixSet: eni.ipv4Prefixes.map((ipv4Prefix) => ({ ipv4Prefix })),
    ipv6AddressesSet: eni.ipv6Addresses.map((ipv6Address) => ({ ipv6Address })),
    ipv6PrefixSet: eni.ipv6Prefixes.map((ipv6Prefix) => ({ ipv6Prefix })),
    groupSet: eni.groups.map((groupId) => ({ groupId })),
    attachment: attachment && {
      attachmentId: `eni-attach-${eni.networkInterfaceId.slice(4)}`,
      instanceId: attachment.instanceId,
      deviceIndex: attachment.deviceIndex,
      networkCardIndex: attachment.networkCardIndex,
      status: attachment.status,
    },
    tagSet: tagSet(eni.tags),
  };
}

/** Every instance is a reservation of its own, as nodes of Auto Scaling groups are. */
export function reservationElement(instance: Instance): XmlValue {
  return {
    reservationId: `r-${instance.instanceId.slice(2)}`,
    instancesSet: [
      {
        instanceId: instance.instanceId,
        instanceType: instance.instanceType,
        instanceState: { code: STATE_CODES[instance.state], name: instance.state },
        subnetId: instance.subnetId,
        vpcId: instance.vpcId,
        placement: { availabilityZone: instance.availabilityZone },
        privateIpAddress: instance.privateIpAddress,
        launchTime: instance.launchTime,
        tagSet: tagSet(instance.tags),
      },
    ],
  };
}

const STATE_CODES: Readonly<Record<string, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function instanceTypeElement(type: InstanceType): XmlValue {
  return {
    instanceType: type.instanceType,
    hypervisor: type.hypervisor,
    bareMetal: type.bareMetal,
    vCpuInfo: { defaultVCpus: type.vcpus },
    networkInfo: {
      maximumNetworkInterfaces: type.maximumNetworkInterfaces,
      maximumNetworkCards: type.networkCards.length,
      defaultNetworkCardIndex: type.defaultNetworkCardIndex,
      networkCards: type.networkCards.map((card) => ({ ...card })),
      ipv4AddressesPerInterface: type.ipv4AddressesPerInterface,
      ipv6AddressesPerInterface: type.ipv6AddressesPerInterface,
      ipv6Supported: type.ipv6AddressesPerInterface > 0,
    },
  };
}

export function securityGroupElement(group: SecurityGroup): XmlValue {
  return {
    groupId: group.groupId,
    groupName: group.groupName,
    groupDescription: group.groupName,
    vpcId: group.vpcId,
    ownerId: group.ownerId,
    tagSet: tagSet(group.tags),
  };
}

export function securityGroupRuleElement({ referencedGroup, tags, ...rule }: WorldSecurityGroupRule): XmlValue {
  return { ...rule, referencedGroupInfo: referencedGroup && { ...referencedGroup }, tagSet: tags && tagSet(tags) };
}

export function networkAclElement(acl: NetworkAcl): XmlValue {
  return {
    networkAclId: acl.networkAclId,
    vpcId: acl.vpcId,
    default: acl.isDefault,
    associationSet: acl.subnetIds.map((subnetId) => ({
      networkAclAssociationId: `aclassoc-${subnetId.slice(7)}`,
      networkAclId: acl.networkAclId,
      subnetId,
    })),
    entrySet: acl.entries.map((entry) => ({ ...entry, portRange: entry.portRange && { ...entry.portRange } })),
  };
}

export function reservationOfSubnetElement(reservation: SubnetCidrReservation): XmlValue {
  return { ...reservation };
}
