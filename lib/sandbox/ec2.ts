import type { SubnetCidrReservation } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
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
import { applyFilters, type FieldsOf } from '#lib/sandbox/ec2-filters.ts';
import { type Ec2Query, type PageBounds, paginate } from '#lib/sandbox/ec2-query.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { availableIpAddressCount } from '#lib/sandbox/occupancy.ts';
import type { World } from '#lib/sandbox/world.ts';
import { type XmlValue, xml } from '#lib/sandbox/xml.ts';

/** A Describe call: whose objects, which filters and ids, how paged, how written. */
interface Describe<T extends object> {
  readonly items: (world: World, query: Ec2Query) => readonly T[];
  readonly fields: FieldsOf<T>;
  /** Parameter of ids, the object's own id, and the error for one that is not there. */
  readonly ids?: { readonly parameter: string; readonly of: (item: T) => string; readonly notFound: string };
  readonly bounds: PageBounds;
  readonly set: string;
  readonly element: (item: T, world: World) => XmlValue;
}

function answer<T extends object>(action: string, describe: Describe<T>, world: World, query: Ec2Query): string {
  const chosen = byIds(describe, describe.items(world, query), query);
  const { page, next } = paginate(applyFilters(chosen, query.filters, describe.fields), query, describe.bounds);
  return xml(`${action}Response`, {
    requestId: 'sandbox',
    [describe.set]: page.map((item) => describe.element(item, world)),
    nextToken: next,
  });
}

function byIds<T extends object>({ ids }: Describe<T>, items: readonly T[], query: Ec2Query): readonly T[] {
  const wanted = ids === undefined ? [] : query.list(ids.parameter);
  if (ids === undefined || wanted.length === 0) return items;
  const found = new Map(items.map((item) => [ids.of(item), item]));
  return wanted.map((id) => {
    const item = found.get(id);
    if (item === undefined) throw new AwsError(ids.notFound, `The ID '${id}' does not exist`);
    return item;
  });
}

type Operation = (world: World, query: Ec2Query) => string;

function describes<T extends object>(action: string, describe: Describe<T>): readonly [string, Operation] {
  return [action, (world, query) => answer(action, describe, world, query)];
}

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

/** A reservation's ids and tags are not filterable here; the call takes one subnet and no list of ids. */
function reservationsOf(world: World, query: Ec2Query): readonly SubnetCidrReservation[] {
  const subnetId = query.text('SubnetId') ?? '';
  if (!world.subnets.some((subnet) => subnet.subnetId === subnetId)) {
    throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  }
  return world.subnetCidrReservations.filter((reservation) => reservation.subnetId === subnetId);
}

function entriesOf(world: World, query: Ec2Query): readonly { cidr: string }[] {
  const id = query.text('PrefixListId') ?? '';
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
    fields: {
      'vpc-id': ({ vpcId }) => [vpcId],
      cidr: ({ cidrBlocks }) => cidrBlocks.slice(0, 1),
      'owner-id': ({ ownerId }) => [ownerId],
    },
    ids: { parameter: 'VpcId', of: ({ vpcId }) => vpcId, notFound: 'InvalidVpcID.NotFound' },
    bounds: { least: 5, most: 1000, ids: 'VpcId' },
    set: 'vpcSet',
    element: vpcElement,
  }),
  describes('DescribeSubnets', {
    items: ({ subnets }) => subnets,
    fields: {
      'subnet-id': ({ subnetId }) => [subnetId],
      'vpc-id': ({ vpcId }) => [vpcId],
      'availability-zone': ({ availabilityZone }) => [availabilityZone],
      'cidr-block': ({ cidrBlock }) => [cidrBlock],
      'owner-id': ({ ownerId }) => [ownerId],
    },
    ids: { parameter: 'SubnetId', of: ({ subnetId }) => subnetId, notFound: 'InvalidSubnetID.NotFound' },
    bounds: { least: 5, most: 1000, ids: 'SubnetId' },
    set: 'subnetSet',
    element: (subnet, world) => subnetElement(subnet, availableIpAddressCount(subnet, interfacesOf(world, subnet.subnetId))),
  }),
  describes('DescribeNetworkInterfaces', {
    items: ({ networkInterfaces }) => networkInterfaces,
    fields: {
      'network-interface-id': ({ networkInterfaceId }) => [networkInterfaceId],
      'subnet-id': ({ subnetId }) => [subnetId],
      'vpc-id': ({ vpcId }) => [vpcId],
      'availability-zone': ({ availabilityZone }) => [availabilityZone],
      'interface-type': ({ interfaceType }) => [interfaceType],
      'group-id': ({ groups }) => groups,
      'attachment.instance-id': ({ attachment }) => [attachment?.instanceId],
      'requester-managed': ({ requesterManaged }) => [String(requesterManaged)],
      description: ({ description }) => [description],
      status: ({ status }) => [status],
      'addresses.private-ip-address': ({ privateIpAddresses }) => privateIpAddresses,
    },
    ids: {
      parameter: 'NetworkInterfaceId',
      of: ({ networkInterfaceId }) => networkInterfaceId,
      notFound: 'InvalidNetworkInterfaceID.NotFound',
    },
    bounds: { least: 5, most: 1000, ids: 'NetworkInterfaceId' },
    set: 'networkInterfaceSet',
    element: networkInterfaceElement,
  }),
  describes('DescribeInstances', {
    items: ({ instances }) => instances,
    fields: {
      'instance-id': ({ instanceId }) => [instanceId],
      'instance-state-name': ({ state }) => [state],
      'instance-type': ({ instanceType }) => [instanceType],
      'subnet-id': ({ subnetId }) => [subnetId],
      'vpc-id': ({ vpcId }) => [vpcId],
      'private-ip-address': ({ privateIpAddress }) => [privateIpAddress],
    },
    ids: { parameter: 'InstanceId', of: ({ instanceId }) => instanceId, notFound: 'InvalidInstanceID.NotFound' },
    bounds: { least: 5, most: 1000, ids: 'InstanceId' },
    set: 'reservationSet',
    element: reservationElement,
  }),
  describes('DescribeInstanceTypes', {
    items: (world) => [...instanceTypeTable(), ...world.instanceTypes],
    fields: {
      'instance-type': ({ instanceType }) => [instanceType],
      hypervisor: ({ hypervisor }) => [hypervisor],
      'bare-metal': ({ bareMetal }) => [String(bareMetal)],
    },
    ids: { parameter: 'InstanceType', of: ({ instanceType }) => instanceType, notFound: 'InvalidInstanceType' },
    bounds: { least: 5, most: 100, ids: 'InstanceType' },
    set: 'instanceTypeSet',
    element: instanceTypeElement,
  }),
  describes('DescribeSecurityGroups', {
    items: ({ securityGroups }) => securityGroups,
    fields: {
      'group-id': ({ groupId }) => [groupId],
      'group-name': ({ groupName }) => [groupName],
      'vpc-id': ({ vpcId }) => [vpcId],
      'owner-id': ({ ownerId }) => [ownerId],
    },
    ids: { parameter: 'GroupId', of: ({ groupId }) => groupId, notFound: 'InvalidGroup.NotFound' },
    bounds: { least: 5, most: 1000, ids: 'GroupId' },
    set: 'securityGroupInfo',
    element: securityGroupElement,
  }),
  describes('DescribeSecurityGroupRules', {
    items: ({ securityGroupRules }) => securityGroupRules,
    fields: {
      'group-id': ({ groupId }) => [groupId],
      'security-group-rule-id': ({ securityGroupRuleId }) => [securityGroupRuleId],
    },
    ids: {
      parameter: 'SecurityGroupRuleId',
      of: ({ securityGroupRuleId }) => securityGroupRuleId,
      notFound: 'InvalidSecurityGroupRuleId.NotFound',
    },
    bounds: { least: 5, most: 1000, ids: 'SecurityGroupRuleId' },
    set: 'securityGroupRuleSet',
    element: securityGroupRuleElement,
  }),
  describes('DescribeNetworkAcls', {
    items: ({ networkAcls }) => networkAcls,
    fields: {
      'network-acl-id': ({ networkAclId }) => [networkAclId],
      'vpc-id': ({ vpcId }) => [vpcId],
      'association.subnet-id': ({ subnetIds }) => subnetIds,
      default: ({ isDefault }) => [String(isDefault)],
    },
    ids: { parameter: 'NetworkAclId', of: ({ networkAclId }) => networkAclId, notFound: 'InvalidNetworkAclID.NotFound' },
    bounds: { least: 5, most: 1000, ids: 'NetworkAclId' },
    set: 'networkAclSet',
    element: networkAclElement,
  }),
  describes('GetSubnetCidrReservations', {
    items: reservationsOf,
    fields: { reservationType: ({ reservationType }) => [reservationType] },
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
