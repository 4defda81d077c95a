import type { SecurityGroupRule, Subnet, SubnetCidrReservation, Vpc } from '#lib/model/ec2.ts';
import { SubnetSpace } from '#lib/sandbox/allocate.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import { Ipv6Space } from '#lib/sandbox/builder/ipv6-space.ts';
import type { RuleSpec, SubnetSpec, VpcSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';

/** A subnet while its world is made: what it is, and which addresses are left. */
export interface SubnetDraft {
  readonly subnet: Subnet;
  readonly space: SubnetSpace;
  /** Absent in a subnet of IPv4 alone. */
  readonly ipv6?: Ipv6Space;
}

/** A VPC while its world is made. */
export interface VpcDraft {
  readonly vpc: Vpc;
  readonly subnets: ReadonlyMap<string, SubnetDraft>;
  readonly reservations: readonly SubnetCidrReservation[];
  /** The id of a group of the VPC by its name; what is an id already stays one. */
  groupId(name: string): string;
}

export function draftVpc({ account, region }: WorldSpec, spec: VpcSpec): VpcDraft {
  const vpcId = awsId('vpc', spec.name);
  const owner = spec.sharedBy ?? account;
  const ipv6 = spec.subnets.flatMap(({ ipv6Cidr }) => ipv6Cidr ?? []);
  const subnets = new Map(
    spec.subnets.map((subnet) => [subnet.name, draftSubnet({ account: owner, region, vpcId, vpcName: spec.name }, subnet)]),
  );
  return {
    vpc: {
      vpcId,
      cidrBlocks: [...spec.cidrs],
      ipv6CidrBlocks: ipv6.slice(0, 1).map((cidr) => cidr.replace(/\/64$/, '/56')),
      ownerId: owner,
    },
    subnets,
    reservations: spec.subnets.flatMap((subnet) => reservationsOf(subnet, subnets.get(subnet.name)?.subnet.subnetId ?? '')),
    groupId: (name) => (name.startsWith('sg-') ? name : awsId('sg', spec.name, name)),
  };
}

function draftSubnet(
  at: { account: string; region: string; vpcId: string; vpcName: string },
  { name, cidr, zone, tags = {}, reservations = [], ipv6Cidr }: SubnetSpec,
): SubnetDraft {
  return {
    subnet: {
      subnetId: awsId('subnet', at.vpcName, name),
      vpcId: at.vpcId,
      availabilityZone: `${at.region}${zone}`,
      availabilityZoneId: `euw1-az${zone.charCodeAt(0) - 96}`,
      cidrBlock: cidr,
      ipv6CidrBlocks: ipv6Cidr === undefined ? [] : [ipv6Cidr],
      availableIpAddressCount: 0,
      ownerId: at.account,
      tags: { Name: `${at.vpcName}-${name}`, ...tags },
    },
    space: new SubnetSpace(cidr, reservations),
    ...(ipv6Cidr === undefined ? {} : { ipv6: new Ipv6Space(ipv6Cidr) }),
  };
}

function reservationsOf({ name, reservations = [] }: SubnetSpec, subnetId: string): SubnetCidrReservation[] {
  return reservations.map(({ cidr, type }) => ({
    subnetCidrReservationId: awsId('scr', name, cidr),
    subnetId,
    cidr,
    reservationType: type,
  }));
}

export function draftOf({ subnets }: VpcDraft, name: string): SubnetDraft {
  const draft = subnets.get(name);
  if (draft === undefined) throw new Error(`the world's VPC has no subnet ${name}`);
  return draft;
}

/** Rules of one group; without any egress given, everything may go out, by IPv6 too where the VPC has it, as EC2 makes a new group. */
export function groupRules(
  groupId: string,
  ingress: readonly RuleSpec[],
  egress: readonly RuleSpec[] | undefined,
  { groupIdOf, account, ipv6 }: { groupIdOf: (name: string) => string; account: string; ipv6: boolean },
): SecurityGroupRule[] {
  const all = [
    ...ingress.map((rule) => ({ ...rule, isEgress: false })),
    ...(egress ?? everywhere(ipv6)).map((rule) => ({ ...rule, isEgress: true })),
  ];
  return all.map(({ protocol, from = -1, to = from, group, cidr, isEgress }, at) => ({
    securityGroupRuleId: awsId('sgr', groupId, at),
    groupId,
    isEgress,
    ipProtocol: protocol,
    fromPort: from,
    toPort: to,
    ...(cidr === undefined ? {} : cidr.includes(':') ? { cidrIpv6: cidr } : { cidrIpv4: cidr }),
    ...(group === undefined ? {} : { referencedGroup: { groupId: groupIdOf(group), userId: account } }),
  }));
}

function everywhere(ipv6: boolean): RuleSpec[] {
  return ['0.0.0.0/0', ...(ipv6 ? ['::/0'] : [])].map((cidr) => ({ protocol: '-1', cidr }));
}
