import type { SubnetCidrReservation } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { describes, type Operation } from '#lib/sandbox/ec2-describe.ts';
import {
  instanceTypeElement,
  networkAclElement,
  networkInterfaceElement,
  reservationElement,
  reservationOfSubnetElement,
  securityGroupElement,
  securityGroupRuleElement,
  subnetElement,
  vpcElement,
} from '#lib/sandbox/ec2-elements.ts';
import {
  INSTANCE_FIELDS,
  INSTANCE_TYPE_FIELDS,
  NETWORK_ACL_FIELDS,
  NETWORK_INTERFACE_FIELDS,
  SECURITY_GROUP_FIELDS,
  SECURITY_GROUP_RULE_FIELDS,
  SUBNET_CIDR_RESERVATION_FIELDS,
  SUBNET_FIELDS,
  VPC_FIELDS,
} from '#lib/sandbox/ec2-fields.ts';
import type { Ec2Query } from '#lib/sandbox/ec2-query.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { availableIpAddressCount } from '#lib/sandbox/occupancy.ts';
import type { World } from '#lib/sandbox/world.ts';

/** Interfaces by subnet: asked for with every subnet of every answer. */
const interfacesBySubnet = new WeakMap<World['networkInterfaces'], Map<string, World['networkInterfaces'][number][]>>();

function interfacesOf(world: World, subnetId: string) {
  let index = interfacesBySubnet.get(world.networkInterfaces);
  if (index === undefined) {
    index = Map.groupBy(world.networkInterfaces, (eni) => eni.subnetId);
    interfacesBySubnet.set(world.networkInterfaces, index);
  }
  return index.get(subnetId) ?? [];
}

function freeOf(world: World, subnet: World['subnets'][number]): number {
  const unseen = world.unseenAddresses?.[subnet.subnetId] ?? 0;
  return availableIpAddressCount(subnet, interfacesOf(world, subnet.subnetId)) - unseen;
}

/** Computed once for a world: lists are asked for again and again. */
const visible = new WeakMap<World['networkInterfaces'], World['networkInterfaces']>();

/**
 * Whoever takes part in a shared VPC sees its own interfaces alone; the VPC's owner sees all.
 * Source: Amazon VPC User Guide, "Responsibilities and permissions for owners and participants".
 */
function visibleInterfaces({ account, subnets, networkInterfaces }: World): World['networkInterfaces'] {
  const shared = new Set(subnets.filter(({ ownerId = account }) => ownerId !== account).map(({ subnetId }) => subnetId));
  if (shared.size === 0) return networkInterfaces;
  const known = visible.get(networkInterfaces);
  if (known !== undefined) return known;
  const seen = networkInterfaces.filter(({ subnetId, ownerId = account }) => ownerId === account || !shared.has(subnetId));
  visible.set(networkInterfaces, seen);
  return seen;
}

function required(query: Ec2Query, parameter: string): string {
  const value = query.text(parameter);
  if (!value) throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);
  return value;
}

/** A reservation's ids and tags are not filterable here; the call takes one subnet and no list of ids. */
function reservationsOf(world: World, query: Ec2Query): readonly SubnetCidrReservation[] {
  const subnetId = required(query, 'SubnetId');
  if (!world.subnets.some((subnet) => subnet.subnetId === subnetId)) {
    throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  }
  return world.subnetCidrReservations.filter((reservation) => reservation.subnetId === subnetId);
}

function entriesOf(world: World, query: Ec2Query): readonly { cidr: string }[] {
  const id = required(query, 'PrefixListId');
  const list = world.prefixLists.find(({ prefixListId }) => prefixListId === id);
  if (list === undefined) throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
  if (list.cidrs === undefined) {
    throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  }
  return list.cidrs.map((cidr) => ({ cidr }));
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  describes('DescribeVpcs', {
    items: ({ vpcs }) => vpcs,
    fields: VPC_FIELDS,
    ids: { parameter: 'VpcId', of: ({ vpcId }) => vpcId, notFound: 'InvalidVpcID.NotFound' },
    bounds: { least: 5, most: 1000 },
    set: 'vpcSet',
    element: vpcElement,
  }),
  describes('DescribeSubnets', {
    items: ({ subnets }) => subnets,
    fields: SUBNET_FIELDS,
    ids: { parameter: 'SubnetId', of: ({ subnetId }) => subnetId, notFound: 'InvalidSubnetID.NotFound' },
    bounds: { least: 5, most: 1000 },
    set: 'subnetSet',
    element: (subnet, world) => subnetElement(subnet, freeOf(world, subnet)),
  }),
  describes('DescribeNetworkInterfaces', {
    items: visibleInterfaces,
    fields: NETWORK_INTERFACE_FIELDS,
    ids: {
      parameter: 'NetworkInterfaceId',
      of: ({ networkInterfaceId }) => networkInterfaceId,
      notFound: 'InvalidNetworkInterfaceID.NotFound',
    },
    bounds: { least: 5, most: 1000 },
    set: 'networkInterfaceSet',
    element: networkInterfaceElement,
  }),
  describes('DescribeInstances', {
    items: ({ instances }) => instances,
    fields: INSTANCE_FIELDS,
    ids: { parameter: 'InstanceId', of: ({ instanceId }) => instanceId, notFound: 'InvalidInstanceID.NotFound' },
    bounds: { least: 5, most: 1000 },
    set: 'reservationSet',
    element: reservationElement,
  }),
  describes('DescribeInstanceTypes', {
    items: ({ instanceTypes }) => [
      ...instanceTypeTable().filter(({ instanceType }) => !instanceTypes.some((own) => own.instanceType === instanceType)),
      ...instanceTypes,
    ],
    fields: INSTANCE_TYPE_FIELDS,
    ids: { parameter: 'InstanceType', of: ({ instanceType }) => instanceType, notFound: 'InvalidInstanceType' },
    // Without MaxResults too it answers a hundred at a time.
    bounds: { least: 5, most: 100, usual: 100 },
    set: 'instanceTypeSet',
    element: instanceTypeElement,
  }),
  describes('DescribeSecurityGroups', {
    items: ({ securityGroups }) => securityGroups,
    fields: SECURITY_GROUP_FIELDS,
    ids: { parameter: 'GroupId', of: ({ groupId }) => groupId, notFound: 'InvalidGroup.NotFound' },
    bounds: { least: 5, most: 1000 },
    set: 'securityGroupInfo',
    element: securityGroupElement,
  }),
  describes('DescribeSecurityGroupRules', {
    items: ({ securityGroupRules }) => securityGroupRules,
    fields: SECURITY_GROUP_RULE_FIELDS,
    ids: {
      parameter: 'SecurityGroupRuleId',
      of: ({ securityGroupRuleId }) => securityGroupRuleId,
      notFound: 'InvalidSecurityGroupRuleId.NotFound',
    },
    bounds: { least: 5, most: 1000 },
    set: 'securityGroupRuleSet',
    element: securityGroupRuleElement,
  }),
  describes('DescribeNetworkAcls', {
    items: ({ networkAcls }) => networkAcls,
    fields: NETWORK_ACL_FIELDS,
    ids: { parameter: 'NetworkAclId', of: ({ networkAclId }) => networkAclId, notFound: 'InvalidNetworkAclID.NotFound' },
    bounds: { least: 5, most: 1000 },
    set: 'networkAclSet',
    element: networkAclElement,
  }),
  describes('GetSubnetCidrReservations', {
    items: reservationsOf,
    fields: SUBNET_CIDR_RESERVATION_FIELDS,
    bounds: { least: 5, most: 1000 },
    set: 'subnetIpv4CidrReservationSet',
    element: reservationOfSubnetElement,
  }),
  describes('GetManagedPrefixListEntries', {
    items: entriesOf,
    fields: {},
    bounds: { least: 1, most: 100 },
    set: 'entrySet',
    element: ({ cidr }) => ({ cidr }),
  }),
]);

/** @throws AwsError InvalidAction for a call that the sandbox does not know */
export function answerEc2(world: World, query: Ec2Query): string {
  const operation = OPERATIONS.get(query.action);
  if (operation === undefined)
    throw new AwsError('InvalidAction', `The action ${query.action} is not valid for this web service.`);
  return operation(world, query);
}
