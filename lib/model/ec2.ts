import * as z from 'zod';

/** EC2 API shapes, reduced to what the checks read. Names are the API's own, in lowerCamelCase; lists are never absent. */

const tags = z.record(z.string(), z.string());

export const vpc = z.object({
  vpcId: z.string(),
  /** Every associated IPv4 CIDR, the primary first. */
  cidrBlocks: z.array(z.string()),
  ipv6CidrBlocks: z.array(z.string()),
  ownerId: z.string().optional(),
});
export type Vpc = z.infer<typeof vpc>;

export const subnet = z.object({
  subnetId: z.string(),
  vpcId: z.string(),
  availabilityZone: z.string(),
  availabilityZoneId: z.string().optional(),
  cidrBlock: z.string(),
  ipv6CidrBlocks: z.array(z.string()),
  /** Single addresses, not /28 blocks. */
  availableIpAddressCount: z.number(),
  /** Differs from the cluster's account in a shared VPC. */
  ownerId: z.string().optional(),
  tags,
});
export type Subnet = z.infer<typeof subnet>;

export const networkInterface = z.object({
  networkInterfaceId: z.string(),
  subnetId: z.string(),
  vpcId: z.string(),
  availabilityZone: z.string(),
  description: z.string(),
  /** interface | trunk | branch | natGateway | network_load_balancer | vpc_endpoint | lambda | ... */
  interfaceType: z.string(),
  /** available | associated | attaching | in-use | detaching */
  status: z.string(),
  requesterManaged: z.boolean(),
  requesterId: z.string().optional(),
  ownerId: z.string().optional(),
  /** The primary address first. Addresses of delegated prefixes are not among them. */
  privateIpAddresses: z.array(z.string()),
  /** Delegated /28 prefixes. */
  ipv4Prefixes: z.array(z.string()),
  ipv6Addresses: z.array(z.string()),
  ipv6Prefixes: z.array(z.string()),
  /** Security group ids. */
  groups: z.array(z.string()),
  attachment: z
    .object({
      instanceId: z.string().optional(),
      deviceIndex: z.number(),
      networkCardIndex: z.number(),
      status: z.string().optional(),
    })
    .optional(),
  tags,
});
export type NetworkInterface = z.infer<typeof networkInterface>;

export const instance = z.object({
  instanceId: z.string(),
  instanceType: z.string(),
  /** pending | running | shutting-down | stopping | stopped */
  state: z.string(),
  subnetId: z.string().optional(),
  vpcId: z.string().optional(),
  availabilityZone: z.string().optional(),
  privateIpAddress: z.string().optional(),
  launchTime: z.string().optional(),
  tags,
});
export type Instance = z.infer<typeof instance>;

export const instanceType = z.object({
  instanceType: z.string(),
  /** nitro | xen; absent for bare metal. */
  hypervisor: z.string().optional(),
  bareMetal: z.boolean(),
  vcpus: z.number(),
  /** Over all network cards. */
  maximumNetworkInterfaces: z.number(),
  ipv4AddressesPerInterface: z.number(),
  ipv6AddressesPerInterface: z.number(),
  defaultNetworkCardIndex: z.number(),
  networkCards: z.array(z.object({ networkCardIndex: z.number(), maximumNetworkInterfaces: z.number() })),
});
export type InstanceType = z.infer<typeof instanceType>;

export const securityGroup = z.object({
  groupId: z.string(),
  groupName: z.string(),
  vpcId: z.string().optional(),
  ownerId: z.string().optional(),
  tags,
});
export type SecurityGroup = z.infer<typeof securityGroup>;

export const securityGroupRule = z.object({
  securityGroupRuleId: z.string(),
  groupId: z.string(),
  isEgress: z.boolean(),
  /** `-1`, or a name or number: `tcp`, `6`. */
  ipProtocol: z.string(),
  /** -1 is every port (or every ICMP type). */
  fromPort: z.number(),
  toPort: z.number(),
  cidrIpv4: z.string().optional(),
  cidrIpv6: z.string().optional(),
  prefixListId: z.string().optional(),
  referencedGroup: z
    .object({
      groupId: z.string(),
      userId: z.string().optional(),
      vpcId: z.string().optional(),
      peeringStatus: z.string().optional(),
    })
    .optional(),
});
export type SecurityGroupRule = z.infer<typeof securityGroupRule>;

export const networkAcl = z.object({
  networkAclId: z.string(),
  vpcId: z.string().optional(),
  isDefault: z.boolean(),
  subnetIds: z.array(z.string()),
  entries: z.array(
    z.object({
      ruleNumber: z.number(),
      egress: z.boolean(),
      protocol: z.string(),
      /** allow | deny */
      ruleAction: z.string(),
      cidrBlock: z.string().optional(),
      ipv6CidrBlock: z.string().optional(),
      portRange: z.object({ from: z.number(), to: z.number() }).optional(),
    }),
  ),
});
export type NetworkAcl = z.infer<typeof networkAcl>;

export const subnetCidrReservation = z.object({
  subnetCidrReservationId: z.string(),
  subnetId: z.string(),
  /** IPv4 only; IPv6 reservations do not limit pods here. */
  cidr: z.string(),
  reservationType: z.enum(['prefix', 'explicit']),
});
export type SubnetCidrReservation = z.infer<typeof subnetCidrReservation>;

export const prefixList = z.object({
  prefixListId: z.string(),
  /** Absent where the list could not be read (another account's list): what leans on it is unknown. */
  cidrs: z.array(z.string()).optional(),
  unreadable: z.string().optional(),
});
export type PrefixList = z.infer<typeof prefixList>;
