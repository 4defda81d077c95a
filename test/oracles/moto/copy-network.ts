import {
  AssociateVpcCidrBlockCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCidrReservationCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  GetSubnetCidrReservationsCommand,
  type NetworkAcl,
  ReplaceNetworkAclAssociationCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
  type Subnet,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Ids } from './ids.ts';
import { tagged } from './tagged.ts';

/** Copies VPCs with their subnets, reservations, security groups with their rules and prefix lists, and network ACLs. */
export async function copyNetwork(from: EC2Client, to: EC2Client, ids: Ids): Promise<void> {
  for (const vpc of (await from.send(new DescribeVpcsCommand({}))).Vpcs ?? []) await copyVpc(to, vpc, ids);
  for (const subnet of (await from.send(new DescribeSubnetsCommand({}))).Subnets ?? []) {
    await copySubnet(to, subnet, ids);
    const { SubnetId } = subnet;
    const { SubnetIpv4CidrReservations = [] } = await from.send(new GetSubnetCidrReservationsCommand({ SubnetId }));
    for (const { SubnetCidrReservationId, Cidr, ReservationType } of SubnetIpv4CidrReservations) {
      const request = { SubnetId: ids.copyOf(SubnetId), Cidr, ReservationType };
      const made = await to.send(new CreateSubnetCidrReservationCommand(request));
      ids.pair(SubnetCidrReservationId, made.SubnetCidrReservation?.SubnetCidrReservationId);
    }
  }
  await copyGroups(from, to, ids);
  for (const acl of (await from.send(new DescribeNetworkAclsCommand({}))).NetworkAcls ?? []) await copyAcl(to, acl, ids);
}

async function copyVpc(to: EC2Client, { VpcId, CidrBlock, CidrBlockAssociationSet, Tags }: Vpc, ids: Ids): Promise<void> {
  const { Vpc } = await to.send(new CreateVpcCommand({ CidrBlock, ...tagged('vpc', Tags) }));
  ids.pair(VpcId, Vpc?.VpcId);
  for (const { CidrBlock: secondary } of CidrBlockAssociationSet ?? []) {
    if (secondary !== CidrBlock) {
      await to.send(new AssociateVpcCidrBlockCommand({ VpcId: ids.copyOf(VpcId), CidrBlock: secondary }));
    }
  }
}

async function copySubnet(to: EC2Client, subnet: Subnet, ids: Ids): Promise<void> {
  const { SubnetId, CidrBlock, AvailabilityZone, Tags } = subnet;
  const request = { VpcId: ids.copyOf(subnet.VpcId), CidrBlock, AvailabilityZone, ...tagged('subnet', Tags) };
  const { Subnet } = await to.send(new CreateSubnetCommand(request));
  ids.pair(SubnetId, Subnet?.SubnetId);
}

/** Groups first, then rules: a rule may name any group. */
async function copyGroups(from: EC2Client, to: EC2Client, ids: Ids): Promise<void> {
  for (const { GroupId, GroupName, Description, VpcId, Tags } of (await from.send(new DescribeSecurityGroupsCommand({})))
    .SecurityGroups ?? []) {
    const vpcId = ids.copyOf(VpcId);
    if (GroupName === 'default') ids.pair(GroupId, await defaultGroup(to, vpcId));
    else {
      const request = { GroupName, Description: Description || '-', VpcId: vpcId, ...tagged('security-group', Tags) };
      ids.pair(GroupId, (await to.send(new CreateSecurityGroupCommand(request))).GroupId);
    }
    await revokeAll(to, ids.copyOf(GroupId));
  }
  const rules = (await from.send(new DescribeSecurityGroupRulesCommand({}))).SecurityGroupRules ?? [];
  const lists = new Set(rules.flatMap(({ PrefixListId }) => PrefixListId ?? []));
  for (const list of lists) await copyPrefixList(from, to, list, ids);
  for (const rule of rules) await copyRule(to, rule, ids);
}

async function defaultGroup(to: EC2Client, vpcId: string): Promise<string | undefined> {
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  return (await to.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0]?.GroupId;
}

/** A new group allows all egress, and a default one its own members: only the original's rules may stand. */
async function revokeAll(to: EC2Client, GroupId: string): Promise<void> {
  const { SecurityGroups } = await to.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const { IpPermissions = [], IpPermissionsEgress = [] } = SecurityGroups?.[0] ?? {};
  if (IpPermissions.length > 0) await to.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  if (IpPermissionsEgress.length > 0) {
    await to.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
  }
}

async function copyPrefixList(from: EC2Client, to: EC2Client, list: string, ids: Ids): Promise<void> {
  const { Entries = [] } = await from.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: list }));
  const request = {
    PrefixListName: list,
    AddressFamily: 'IPv4',
    MaxEntries: Math.max(1, Entries.length),
    Entries: Entries.map(({ Cidr, Description }) => ({ Cidr, Description })),
  };
  const { PrefixList } = await to.send(new CreateManagedPrefixListCommand(request));
  ids.pair(list, PrefixList?.PrefixListId);
}

async function copyRule(to: EC2Client, rule: SecurityGroupRule, ids: Ids): Promise<void> {
  const { IpProtocol, FromPort, ToPort, Description, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } = rule;
  const peer = {
    ...(CidrIpv4 ? { IpRanges: [{ CidrIp: CidrIpv4, Description }] } : {}),
    ...(CidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6, Description }] } : {}),
    ...(PrefixListId ? { PrefixListIds: [{ PrefixListId: ids.copyOf(PrefixListId), Description }] } : {}),
    ...(ReferencedGroupInfo?.GroupId
      ? { UserIdGroupPairs: [{ GroupId: ids.copyOf(ReferencedGroupInfo.GroupId), Description }] }
      : {}),
  };
  // EC2 takes no ports with the protocol -1, and answers -1 for them.
  const ports = IpProtocol === '-1' ? {} : { FromPort, ToPort };
  const request = { GroupId: ids.copyOf(rule.GroupId), IpPermissions: [{ IpProtocol, ...ports, ...peer }] };
  const made = rule.IsEgress
    ? await to.send(new AuthorizeSecurityGroupEgressCommand(request))
    : await to.send(new AuthorizeSecurityGroupIngressCommand(request));
  ids.pair(rule.SecurityGroupRuleId, made.SecurityGroupRules?.[0]?.SecurityGroupRuleId);
}

async function copyAcl(to: EC2Client, acl: NetworkAcl, ids: Ids): Promise<void> {
  const vpcId = ids.copyOf(acl.VpcId);
  const ofVpc = async () => {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
    return (await to.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls ?? [];
  };
  const copy = acl.IsDefault
    ? (await ofVpc()).find(({ IsDefault }) => IsDefault)
    : (await to.send(new CreateNetworkAclCommand({ VpcId: vpcId, ...tagged('network-acl', acl.Tags) }))).NetworkAcl;
  ids.pair(acl.NetworkAclId, copy?.NetworkAclId);
  const NetworkAclId = copy?.NetworkAclId;
  for (const { RuleNumber, Egress } of copy?.Entries ?? []) {
    await to.send(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber, Egress }));
  }
  for (const { RuleNumber, Protocol, RuleAction, Egress, ...rest } of acl.Entries ?? []) {
    await to.send(new CreateNetworkAclEntryCommand({ NetworkAclId, RuleNumber, Protocol, RuleAction, Egress, ...rest }));
  }
  if (acl.IsDefault) return;
  const associations = (await ofVpc()).flatMap(({ Associations = [] }) => Associations);
  for (const { SubnetId } of acl.Associations ?? []) {
    const current = associations.find((association) => association.SubnetId === ids.copyOf(SubnetId));
    await to.send(new ReplaceNetworkAclAssociationCommand({ AssociationId: current?.NetworkAclAssociationId, NetworkAclId }));
  }
}
