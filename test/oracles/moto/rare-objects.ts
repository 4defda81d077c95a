import type { World } from '#lib/sandbox/world.ts';

/**
 * The world with what its clusters do without: reservations in a subnet of its own, a prefix list that rules name, IPv6 and ICMP
 * rules, and a network ACL of two subnets.
 */
export function withRareObjects(world: World): World {
  const [vpc] = world.vpcs;
  const group = world.securityGroups.find(({ vpcId }) => vpcId === vpc?.vpcId);
  const acl = world.networkAcls.find(({ vpcId }) => vpcId === vpc?.vpcId);
  if (vpc === undefined || group === undefined || acl === undefined)
    throw new Error('the world has no VPC with a group and an ACL');
  const ownerId = world.account;
  const subnet = {
    subnetId: 'subnet-0abcdef0123456789',
    vpcId: vpc.vpcId,
    availabilityZone: `${world.region}b`,
    cidrBlock: vpc.cidrBlocks[0]?.replace(/\.0\.0\/16$/, '.252.0/24') ?? '',
    ipv6CidrBlocks: [],
    availableIpAddressCount: 251,
    ownerId,
    tags: { Name: 'reserved' },
  };
  const base = subnet.cidrBlock.replace(/\.0\/24$/, '');
  const rule = { groupId: group.groupId, isEgress: false, ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
  const everything = { ipProtocol: '-1', fromPort: -1, toPort: -1 };
  const prefixListId = 'pl-0abcdef0123456789';
  const entry = { ruleNumber: 110, egress: false, protocol: '17', ruleAction: 'deny', cidrBlock: '192.0.2.0/24' };
  const moved = acl.subnetIds.slice(0, 1);
  return {
    ...world,
    subnets: [...world.subnets, subnet],
    subnetCidrReservations: [
      {
        subnetCidrReservationId: 'scr-0abcdef0123456781',
        subnetId: subnet.subnetId,
        cidr: `${base}.64/26`,
        reservationType: 'prefix',
      },
      {
        subnetCidrReservationId: 'scr-0abcdef0123456782',
        subnetId: subnet.subnetId,
        cidr: `${base}.16/28`,
        reservationType: 'explicit',
      },
    ],
    prefixLists: [{ prefixListId, cidrs: ['198.51.100.0/24', '203.0.113.0/25'] }],
    securityGroupRules: [
      ...world.securityGroupRules,
      { ...rule, securityGroupRuleId: 'sgr-0abcdef0123456781', prefixListId },
      { ...rule, securityGroupRuleId: 'sgr-0abcdef0123456782', cidrIpv6: '2001:db8::/32' },
      {
        ...rule,
        securityGroupRuleId: 'sgr-0abcdef0123456783',
        ipProtocol: 'icmp',
        fromPort: 8,
        toPort: -1,
        cidrIpv4: '192.0.2.0/24',
      },
      { ...rule, ...everything, securityGroupRuleId: 'sgr-0abcdef0123456784', cidrIpv4: '192.0.2.0/24' },
    ],
    networkAcls: [
      ...world.networkAcls.map((one) =>
        one === acl ? { ...acl, subnetIds: acl.subnetIds.filter((id) => !moved.includes(id)) } : one,
      ),
      {
        networkAclId: 'acl-0abcdef0123456789',
        vpcId: vpc.vpcId,
        isDefault: false,
        subnetIds: [...moved, subnet.subnetId],
        entries: [
          { ...entry, portRange: { from: 53, to: 53 } },
          { ...entry, ruleNumber: 120, egress: true, ruleAction: 'allow', protocol: '-1', cidrBlock: '0.0.0.0/0' },
          { ...entry, ruleNumber: 130, protocol: '6', ruleAction: 'allow', portRange: { from: 1024, to: 65_535 } },
        ],
      },
    ],
  };
}
