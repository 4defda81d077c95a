/** What else lives in a VPC than clusters. */
import type { Instance, NetworkInterface, SecurityGroup, Subnet } from '#lib/model/ec2.ts';
import { blockOf, formatAddress } from '#lib/sandbox/block.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import type { SubnetSpec, TenantSpec, VpcSpec } from '#lib/sandbox/builder/spec.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';

const TENANTS = {
  lambda: { description: 'AWS Lambda VPC ENI-invoice-render', interfaceType: 'lambda', requesterManaged: true },
  'load-balancer': { description: 'ELB app/storefront/0f1e2d3c4b5a6978', interfaceType: 'interface', requesterManaged: true },
  'vpc-endpoint': {
    description: 'VPC Endpoint Interface vpce-0123456789abcdef0',
    interfaceType: 'vpc_endpoint',
    requesterManaged: true,
  },
  'nat-gateway': {
    description: 'Interface for NAT Gateway nat-0123456789abcdef0',
    interfaceType: 'nat_gateway',
    requesterManaged: true,
  },
  instance: { description: '', interfaceType: 'interface', requesterManaged: false },
} as const;

/** The interfaces of whatever else lives in a subnet, as it was before any node came. */
export function tenantInterfaces(
  { tenants = [] }: SubnetSpec,
  { subnet, space }: SubnetDraft,
  account: string,
): NetworkInterface[] {
  return tenants
    .filter(({ spread }) => !spread)
    .flatMap(({ kind, count, account: other = account }) =>
      Array.from({ length: count }, () => tenantInterface(kind, subnet, other, space.takeAddress())),
    );
}

/** Those that came later and broke up the blocks that the nodes had left whole. */
export function spreadInterfaces(
  { tenants = [] }: SubnetSpec,
  { subnet, space }: SubnetDraft,
  account: string,
): NetworkInterface[] {
  return tenants
    .filter(({ spread }) => spread)
    .flatMap(({ kind, count, account: other = account }) =>
      space
        .wholeBlocks()
        .slice(0, count)
        .map((block) => tenantInterface(kind, subnet, other, space.takeThis(tenthAddress(block)))),
    );
}

/** Whatever takes a subnet down to the addresses that are to be left. */
export function restInterfaces({ free }: SubnetSpec, { subnet, space }: SubnetDraft, account: string): NetworkInterface[] {
  const excess = free === undefined ? 0 : space.available - free;
  if (excess < 0) throw new Error(`${subnet.tags['Name']} has ${space.available} addresses left and is to have ${free}`);
  return Array.from({ length: excess }, () => tenantInterface('instance', subnet, account, space.takeAddress()));
}

function tenantInterface(kind: TenantSpec['kind'], subnet: Subnet, ownerId: string, address: string): NetworkInterface {
  return {
    networkInterfaceId: awsId('eni', subnet.subnetId, address),
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    ...TENANTS[kind],
    status: 'in-use',
    ownerId,
    privateIpAddresses: [address],
    ipv4Prefixes: [],
    ipv6Addresses: [],
    ipv6Prefixes: [],
    groups: [awsId('sg', subnet.vpcId, kind)],
    attachment: {
      ...(kind === 'instance' ? { instanceId: awsId('i', subnet.subnetId, address) } : {}),
      deviceIndex: kind === 'instance' ? 0 : 1,
      networkCardIndex: 0,
      status: 'attached',
    },
    tags: {},
  };
}

/** The instances that those interfaces are the primary ones of: they belong to no cluster. */
export function tenantInstances(interfaces: readonly NetworkInterface[], launchTime: string): Instance[] {
  return interfaces.flatMap(({ attachment, subnetId, vpcId, availabilityZone, privateIpAddresses }) => {
    if (attachment?.instanceId === undefined) return [];
    return [
      {
        instanceId: attachment.instanceId,
        instanceType: 't3.small',
        state: 'running',
        subnetId,
        vpcId,
        availabilityZone,
        privateIpAddress: privateIpAddresses[0] ?? '',
        launchTime,
        tags: { Name: 'legacy-app' },
      },
    ];
  });
}

/** The groups that those interfaces bear. */
export function tenantGroups({ subnets }: VpcSpec, vpcId: string, ownerId: string): SecurityGroup[] {
  const kinds = new Set(
    subnets.flatMap(({ tenants = [], free }) => [
      ...tenants.map(({ kind }) => kind),
      ...(free === undefined ? [] : ['instance']),
    ]),
  );
  return [...kinds].map((kind) => ({ groupId: awsId('sg', vpcId, kind), groupName: kind, vpcId, ownerId, tags: {} }));
}

function tenthAddress(block: string): string {
  return formatAddress(blockOf(block).first + 10);
}
