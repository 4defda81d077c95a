/** What each call can filter by, of the fields that a world holds. Source: Amazon EC2 API Reference, the calls' own pages. */
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
import type { FieldsOf } from '#lib/sandbox/ec2-filters.ts';
import type { WorldSecurityGroupRule } from '#lib/sandbox/world.ts';

export const VPC_FIELDS: FieldsOf<Vpc> = {
  'vpc-id': ({ vpcId }) => [vpcId],
  cidr: ({ cidrBlocks }) => cidrBlocks.slice(0, 1),
  'cidr-block-association.cidr-block': ({ cidrBlocks }) => cidrBlocks,
  'cidr-block-association.state': ({ cidrBlocks }) => cidrBlocks.map(() => 'associated'),
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6CidrBlocks }) => ipv6CidrBlocks,
  'owner-id': ({ ownerId }) => [ownerId],
  state: () => ['available'],
  'is-default': () => ['false'],
};

export const SUBNET_FIELDS: FieldsOf<Subnet> = {
  'subnet-id': ({ subnetId }) => [subnetId],
  'vpc-id': ({ vpcId }) => [vpcId],
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  'availability-zone-id': ({ availabilityZoneId }) => [availabilityZoneId],
  'cidr-block': ({ cidrBlock }) => [cidrBlock],
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6CidrBlocks }) => ipv6CidrBlocks,
  'owner-id': ({ ownerId }) => [ownerId],
  state: () => ['available'],
};

export const NETWORK_INTERFACE_FIELDS: FieldsOf<NetworkInterface> = {
  'network-interface-id': ({ networkInterfaceId }) => [networkInterfaceId],
  'subnet-id': ({ subnetId }) => [subnetId],
  'vpc-id': ({ vpcId }) => [vpcId],
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  'interface-type': ({ interfaceType }) => [interfaceType],
  'group-id': ({ groups }) => groups,
  'attachment.instance-id': ({ attachment }) => [attachment?.instanceId],
  'attachment.device-index': ({ attachment }) => [attachment && String(attachment.deviceIndex)],
  'attachment.status': ({ attachment }) => [attachment?.status],
  'requester-managed': ({ requesterManaged }) => [String(requesterManaged)],
  'requester-id': ({ requesterId }) => [requesterId],
  'owner-id': ({ ownerId }) => [ownerId],
  description: ({ description }) => [description],
  status: ({ status }) => [status],
  'private-ip-address': ({ privateIpAddresses }) => privateIpAddresses.slice(0, 1),
  'addresses.private-ip-address': ({ privateIpAddresses }) => privateIpAddresses,
  'ipv6-addresses.ipv6-address': ({ ipv6Addresses }) => ipv6Addresses,
};

export const INSTANCE_FIELDS: FieldsOf<Instance> = {
  'instance-id': ({ instanceId }) => [instanceId],
  'instance-state-name': ({ state }) => [state],
  'instance-type': ({ instanceType }) => [instanceType],
  'subnet-id': ({ subnetId }) => [subnetId],
  'vpc-id': ({ vpcId }) => [vpcId],
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  'private-ip-address': ({ privateIpAddress }) => [privateIpAddress],
};

export const INSTANCE_TYPE_FIELDS: FieldsOf<InstanceType> = {
  'instance-type': ({ instanceType }) => [instanceType],
  hypervisor: ({ hypervisor }) => [hypervisor],
  'bare-metal': ({ bareMetal }) => [String(bareMetal)],
  'network-info.ipv4-addresses-per-interface': (type) => [String(type.ipv4AddressesPerInterface)],
  'network-info.maximum-network-interfaces': (type) => [String(type.maximumNetworkInterfaces)],
  'network-info.maximum-network-cards': ({ networkCards }) => [String(networkCards.length)],
  'vcpu-info.default-vcpus': ({ vcpus }) => [String(vcpus)],
};

export const SECURITY_GROUP_FIELDS: FieldsOf<SecurityGroup> = {
  'group-id': ({ groupId }) => [groupId],
  'group-name': ({ groupName }) => [groupName],
  'vpc-id': ({ vpcId }) => [vpcId],
  'owner-id': ({ ownerId }) => [ownerId],
};

export const SECURITY_GROUP_RULE_FIELDS: FieldsOf<WorldSecurityGroupRule> = {
  'group-id': ({ groupId }) => [groupId],
  'security-group-rule-id': ({ securityGroupRuleId }) => [securityGroupRuleId],
};

export const NETWORK_ACL_FIELDS: FieldsOf<NetworkAcl> = {
  'network-acl-id': ({ networkAclId }) => [networkAclId],
  'vpc-id': ({ vpcId }) => [vpcId],
  'association.subnet-id': ({ subnetIds }) => subnetIds,
  'association.network-acl-id': ({ networkAclId }) => [networkAclId],
  default: ({ isDefault }) => [String(isDefault)],
};

export const SUBNET_CIDR_RESERVATION_FIELDS: FieldsOf<SubnetCidrReservation> = {
  reservationType: ({ reservationType }) => [reservationType],
  'subnet-id': ({ subnetId }) => [subnetId],
};
