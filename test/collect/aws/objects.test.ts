/** What of each AWS object is kept, from what the SDK gives. */
import type * as ec2 from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { everyPage } from '#lib/collect/aws/pages.ts';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { NeededSlices } from '#lib/model/collector.ts';
import { type SliceKey, snapshotSchema } from '#lib/model/snapshot.ts';
import { aCluster, anEni, anInstance, aRule, aSnapshot, aSubnet, DENIED } from '#test/scenarios/slices.ts';

const SLICES = aSnapshot({
  subnets: [aSubnet()],
  instances: [anInstance()],
  networkInterfaces: [anEni({ groups: ['sg-1'] })],
  securityGroupRules: [aRule({ prefixListId: 'pl-1' })],
}).slices;

/** Runs one collector over one answer of EC2 to all it asks. */
async function kept(key: SliceKey, answer: object, slices = SLICES): Promise<unknown> {
  const sources = { ec2: async () => answer, everyPage } as unknown as Sources;
  const data = await COLLECTORS[key].collect({ ...sources, target: aSnapshot().target }, slices as NeededSlices<SliceKey>);
  expect(snapshotSchema.safeParse(aSnapshot({ [key]: data })).error).toBeUndefined();
  return data;
}

type Answer = Partial<
  ec2.DescribeVpcsResult &
    ec2.DescribeSubnetsResult &
    ec2.DescribeNetworkInterfacesResult &
    ec2.DescribeInstancesResult &
    ec2.DescribeInstanceTypesResult &
    ec2.DescribeSecurityGroupsResult &
    ec2.DescribeSecurityGroupRulesResult &
    ec2.DescribeNetworkAclsResult &
    ec2.GetSubnetCidrReservationsResult
>;

const cases: readonly [SliceKey, string, Answer, unknown][] = [
  [
    'vpc',
    'its blocks, the primary first, and none that left',
    {
      Vpcs: [
        {
          VpcId: 'vpc-1',
          CidrBlock: '10.0.0.0/16',
          OwnerId: '1',
          CidrBlockAssociationSet: [
            { CidrBlock: '100.64.0.0/16', CidrBlockState: { State: 'associated' } },
            { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
            { CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'disassociated' } },
          ],
          Ipv6CidrBlockAssociationSet: [
            { Ipv6CidrBlock: '2001:db8::/56', Ipv6CidrBlockState: { State: 'associated' } },
            { Ipv6CidrBlock: '2001:db9::/56', Ipv6CidrBlockState: { State: 'failing' } },
          ],
        },
      ],
    },
    { vpcId: 'vpc-1', cidrBlocks: ['10.0.0.0/16', '100.64.0.0/16'], ipv6CidrBlocks: ['2001:db8::/56'], ownerId: '1' },
  ],
  [
    'subnets',
    'a shared, tagged, dual-stack subnet',
    {
      Subnets: [
        {
          SubnetId: 'subnet-a',
          VpcId: 'vpc-1',
          AvailabilityZone: 'eu-west-1a',
          AvailabilityZoneId: 'euw1-az1',
          CidrBlock: '10.0.0.0/24',
          AvailableIpAddressCount: 0,
          OwnerId: '444455556666',
          Tags: [{ Key: 'kubernetes.io/role/cni', Value: '1' }, { Key: '__proto__', Value: 'x' }, { Key: 'empty' }],
          Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/64', Ipv6CidrBlockState: { State: 'associated' } }],
        },
      ],
    },
    [
      {
        subnetId: 'subnet-a',
        vpcId: 'vpc-1',
        availabilityZone: 'eu-west-1a',
        availabilityZoneId: 'euw1-az1',
        cidrBlock: '10.0.0.0/24',
        ipv6CidrBlocks: ['2001:db8::/64'],
        availableIpAddressCount: 0,
        ownerId: '444455556666',
        tags: Object.fromEntries([
          ['kubernetes.io/role/cni', '1'],
          ['__proto__', 'x'],
          ['empty', ''],
        ]),
      },
    ],
  ],
  [
    'networkInterfaces',
    'a secondary interface under prefix delegation',
    {
      NetworkInterfaces: [
        {
          NetworkInterfaceId: 'eni-2',
          SubnetId: 'subnet-a',
          VpcId: 'vpc-1',
          AvailabilityZone: 'eu-west-1a',
          Description: 'aws-K8S-i-1',
          InterfaceType: 'interface',
          Status: 'in-use',
          RequesterManaged: true,
          RequesterId: 'amazon-eks',
          OwnerId: '1',
          PrivateIpAddresses: [
            { PrivateIpAddress: '10.0.0.9', Primary: false },
            { PrivateIpAddress: '10.0.0.8', Primary: true },
          ],
          Ipv4Prefixes: [{ Ipv4Prefix: '10.0.0.16/28' }],
          Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }],
          Ipv6Prefixes: [{ Ipv6Prefix: '2001:db8::/80' }],
          Groups: [{ GroupId: 'sg-1', GroupName: 'one' }],
          TagSet: [{ Key: 'node.k8s.amazonaws.com/instance_id', Value: 'i-1' }],
          Attachment: { InstanceId: 'i-1', DeviceIndex: 1, NetworkCardIndex: 0, Status: 'attached' },
        },
      ],
    },
    [
      {
        networkInterfaceId: 'eni-2',
        subnetId: 'subnet-a',
        vpcId: 'vpc-1',
        availabilityZone: 'eu-west-1a',
        description: 'aws-K8S-i-1',
        interfaceType: 'interface',
        status: 'in-use',
        requesterManaged: true,
        requesterId: 'amazon-eks',
        ownerId: '1',
        privateIpAddresses: ['10.0.0.8', '10.0.0.9'],
        ipv4Prefixes: ['10.0.0.16/28'],
        ipv6Addresses: ['2001:db8::1'],
        ipv6Prefixes: ['2001:db8::/80'],
        groups: ['sg-1'],
        tags: { 'node.k8s.amazonaws.com/instance_id': 'i-1' },
        attachment: { instanceId: 'i-1', deviceIndex: 1, networkCardIndex: 0, status: 'attached' },
      },
    ],
  ],
  [
    'instances',
    'an instance',
    {
      Reservations: [
        {
          Instances: [
            {
              InstanceId: 'i-1',
              InstanceType: 'm5.large',
              State: { Name: 'running' },
              SubnetId: 'subnet-a',
              VpcId: 'vpc-1',
              Placement: { AvailabilityZone: 'eu-west-1a' },
              PrivateIpAddress: '10.0.0.10',
              LaunchTime: new Date('2026-11-01T00:00:00Z'),
            },
          ],
        },
      ],
    },
    [
      {
        instanceId: 'i-1',
        instanceType: 'm5.large',
        state: 'running',
        subnetId: 'subnet-a',
        vpcId: 'vpc-1',
        availabilityZone: 'eu-west-1a',
        privateIpAddress: '10.0.0.10',
        launchTime: '2026-11-01T00:00:00.000Z',
        tags: {},
      },
    ],
  ],
  [
    'instanceTypes',
    'a type with two network cards',
    {
      InstanceTypes: [
        {
          InstanceType: 'p4d.24xlarge',
          BareMetal: false,
          Hypervisor: 'nitro',
          VCpuInfo: { DefaultVCpus: 96 },
          NetworkInfo: {
            MaximumNetworkInterfaces: 30,
            Ipv4AddressesPerInterface: 50,
            Ipv6AddressesPerInterface: 50,
            DefaultNetworkCardIndex: 0,
            NetworkCards: [
              { NetworkCardIndex: 0, MaximumNetworkInterfaces: 15 },
              { NetworkCardIndex: 1, MaximumNetworkInterfaces: 15 },
            ],
          },
        },
      ],
    },
    [
      {
        instanceType: 'p4d.24xlarge',
        hypervisor: 'nitro',
        bareMetal: false,
        vcpus: 96,
        maximumNetworkInterfaces: 30,
        ipv4AddressesPerInterface: 50,
        ipv6AddressesPerInterface: 50,
        defaultNetworkCardIndex: 0,
        networkCards: [
          { networkCardIndex: 0, maximumNetworkInterfaces: 15 },
          { networkCardIndex: 1, maximumNetworkInterfaces: 15 },
        ],
      },
    ],
  ],
  [
    'securityGroups',
    'a group',
    { SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'one', VpcId: 'vpc-1', OwnerId: '1', Tags: [{ Key: 'a', Value: 'b' }] }] },
    [{ groupId: 'sg-1', groupName: 'one', vpcId: 'vpc-1', ownerId: '1', tags: { a: 'b' } }],
  ],
  [
    'securityGroupRules',
    'rules for a block, a group of a peer, and a prefix list',
    {
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: 'sgr-1',
          GroupId: 'sg-1',
          IsEgress: false,
          IpProtocol: 'udp',
          FromPort: 53,
          ToPort: 53,
          CidrIpv4: '10.0.0.0/8',
        },
        {
          SecurityGroupRuleId: 'sgr-2',
          GroupId: 'sg-1',
          IsEgress: false,
          IpProtocol: 'tcp',
          FromPort: 53,
          ToPort: 53,
          ReferencedGroupInfo: { GroupId: 'sg-9', UserId: '9', VpcId: 'vpc-9', PeeringStatus: 'active' },
        },
        { SecurityGroupRuleId: 'sgr-3', GroupId: 'sg-1', IsEgress: true, IpProtocol: '-1', PrefixListId: 'pl-1' },
      ],
    },
    [
      {
        securityGroupRuleId: 'sgr-1',
        groupId: 'sg-1',
        isEgress: false,
        ipProtocol: 'udp',
        fromPort: 53,
        toPort: 53,
        cidrIpv4: '10.0.0.0/8',
      },
      {
        securityGroupRuleId: 'sgr-2',
        groupId: 'sg-1',
        isEgress: false,
        ipProtocol: 'tcp',
        fromPort: 53,
        toPort: 53,
        referencedGroup: { groupId: 'sg-9', userId: '9', vpcId: 'vpc-9', peeringStatus: 'active' },
      },
      {
        securityGroupRuleId: 'sgr-3',
        groupId: 'sg-1',
        isEgress: true,
        ipProtocol: '-1',
        fromPort: -1,
        toPort: -1,
        prefixListId: 'pl-1',
      },
    ],
  ],
  [
    'networkAcls',
    'a list with and without ports',
    {
      NetworkAcls: [
        {
          NetworkAclId: 'acl-1',
          VpcId: 'vpc-1',
          IsDefault: false,
          Associations: [{ SubnetId: 'subnet-a' }],
          Entries: [
            {
              RuleNumber: 100,
              Egress: false,
              Protocol: '17',
              RuleAction: 'allow',
              CidrBlock: '10.0.0.0/8',
              PortRange: { From: 53, To: 53 },
            },
            { RuleNumber: 32767, Egress: true, Protocol: '-1', RuleAction: 'deny', Ipv6CidrBlock: '::/0' },
          ],
        },
      ],
    },
    [
      {
        networkAclId: 'acl-1',
        vpcId: 'vpc-1',
        isDefault: false,
        subnetIds: ['subnet-a'],
        entries: [
          {
            ruleNumber: 100,
            egress: false,
            protocol: '17',
            ruleAction: 'allow',
            cidrBlock: '10.0.0.0/8',
            portRange: { from: 53, to: 53 },
          },
          { ruleNumber: 32767, egress: true, protocol: '-1', ruleAction: 'deny', ipv6CidrBlock: '::/0' },
        ],
      },
    ],
  ],
  [
    'subnetCidrReservations',
    'those of IPv4',
    {
      SubnetIpv4CidrReservations: [
        { SubnetCidrReservationId: 'scr-1', SubnetId: 'subnet-a', Cidr: '10.0.0.128/25', ReservationType: 'prefix' },
      ],
      SubnetIpv6CidrReservations: [
        { SubnetCidrReservationId: 'scr-2', SubnetId: 'subnet-a', Cidr: '2001:db8::/80', ReservationType: 'prefix' },
      ],
    },
    [{ subnetCidrReservationId: 'scr-1', subnetId: 'subnet-a', cidr: '10.0.0.128/25', reservationType: 'prefix' }],
  ],
];

describe('of AWS is kept', () => {
  it.each(cases)('%s: %s', async (key, _, answer, expected) => {
    expect(await kept(key, answer)).toEqual(expected);
  });

  it.each([
    [
      'subnets',
      { Subnets: [{ SubnetId: 'subnet-a', VpcId: 'v', AvailabilityZone: 'z', CidrBlock: '10.0.0.0/24' }] },
      /AvailableIpAddressCount/,
    ],
    ['networkInterfaces', { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1' }] }, /NetworkInterface\.SubnetId/],
    ['securityGroupRules', { SecurityGroupRules: [{ SecurityGroupRuleId: 'r', GroupId: 'g' }] }, /IsEgress/],
    ['vpc', { Vpcs: [] }, /VPC vpc-1/],
  ] as const)('%s not at all where a field is missing that a verdict needs', async (key, answer, field) => {
    await expect(kept(key, answer)).rejects.toMatchObject({ code: 'UnexpectedResponse', message: expect.stringMatching(field) });
  });

  it('nothing of a VPC that EKS does not name', async () => {
    const { vpcId: _, ...without } = aCluster();
    const { slices } = aSnapshot({ cluster: without });
    await expect(kept('subnets', {}, slices)).rejects.toMatchObject({
      code: 'InputMissing',
      message: expect.stringMatching(/names no VPC/),
    });
  });

  it.each([
    ['instances', { ...SLICES, instances: DENIED }],
    ['ENIConfigs', { ...SLICES, eniConfigs: DENIED }],
  ])('every subnet of the VPC where the %s could not be read', async (_, slices) => {
    const asked: (readonly string[])[] = [];
    const ec2 = async ({ input }: { input: ec2.DescribeNetworkInterfacesRequest }) => {
      asked.push(input.Filters?.[0]?.Values ?? []);
      return {};
    };
    const all = { ...slices, subnets: { ok: true, data: [aSubnet(), aSubnet({ subnetId: 'subnet-z' })] } };
    const sources = { ec2, everyPage, target: aSnapshot().target } as unknown as Sources;
    await COLLECTORS.networkInterfaces.collect(sources, all as NeededSlices<SliceKey>);
    expect(asked).toEqual([['subnet-a', 'subnet-z']]);
  });

  it('no more than 200 values in a filter, and each once', async () => {
    const asked: (readonly string[])[] = [];
    const ec2 = async ({ input }: { input: ec2.DescribeSecurityGroupsRequest }) => {
      asked.push(input.Filters?.[0]?.Values ?? []);
      return {};
    };
    const groups = Array.from({ length: 401 }, (_, index) => `sg-${index}`);
    const { slices } = aSnapshot({ networkInterfaces: [anEni({ groups }), anEni({ groups: ['sg-7'] })] });
    const sources = { ec2, everyPage, target: aSnapshot().target } as unknown as Sources;
    await COLLECTORS.securityGroups.collect(sources, slices as NeededSlices<SliceKey>);
    expect(asked.map(({ length }) => length)).toEqual([200, 200, 2]);
    expect(new Set(asked.flat())).toEqual(new Set([...groups, 'sg-cluster']));
  });
});
