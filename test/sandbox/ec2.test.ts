import {
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  type DescribeInstanceTypesCommandOutput,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  GetManagedPrefixListEntriesCommand,
  GetSubnetCidrReservationsCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { availableIpAddressCount } from '#lib/sandbox/occupancy.ts';
import type { World } from '#lib/sandbox/world.ts';
import { type Entered, enter, NOW } from './start.ts';

const fleet = embeddedFleet(NOW);
const [subnet, ...otherSubnets] = fleet.subnets;
const subnetId = subnet?.subnetId ?? '';
const world: World = {
  ...fleet,
  prefixLists: [{ prefixListId: 'pl-1', cidrs: ['10.0.0.0/8', '172.16.0.0/12'] }, { prefixListId: 'pl-of-others' }],
  subnetCidrReservations: [
    { subnetCidrReservationId: 'scr-1', subnetId, cidr: '10.10.1.0/28', reservationType: 'prefix' },
    { subnetCidrReservationId: 'scr-2', subnetId, cidr: '10.10.1.16/28', reservationType: 'explicit' },
  ],
};

let entered: Entered;
let ec2: EC2Client;
beforeAll(async () => {
  entered = await enter(world);
  ({ ec2 } = entered);
});
afterAll(() => entered?.[Symbol.asyncDispose]());

const filter = (Name: string, ...Values: readonly string[]): Filter => ({ Name, Values: [...Values] });
const namesOf = async (...Filters: readonly Filter[]) => {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [...Filters] }));
  return Subnets.map(({ Tags }) => Tags?.find(({ Key }) => Key === 'Name')?.Value).sort();
};

describe('filters', () => {
  it.each<[string, readonly Filter[], readonly string[]]>([
    ['one value', [filter('cidr-block', '10.20.0.0/25')], ['shop-nodes-a']],
    ['several values are alternatives', [filter('cidr-block', '10.20.0.0/25', '10.20.2.0/23')], ['shop-nodes-a', 'shop-nodes-b']],
    [
      'several filters must all hold',
      [filter('tag:Name', 'shop-nodes-*'), filter('availability-zone', 'eu-west-1b')],
      ['shop-nodes-b'],
    ],
    ['a star is any text', [filter('tag:Name', 'shop-*-a')], ['shop-control-plane-a', 'shop-nodes-a', 'shop-pods-a']],
    ['a question mark is one character', [filter('tag:Name', 'shop-nodes-?')], ['shop-nodes-a', 'shop-nodes-b']],
    ['an escaped star is itself', [filter('tag:Name', 'shop-\\*')], []],
    ['a dot is itself', [filter('cidr-block', '10.20.0.0.25')], []],
    ['a tag that is there', [filter('tag-key', 'kubernetes.io/role/cni')], ['shop-pods-a']],
    ['a tag and its value', [filter('tag:kubernetes.io/role/cni', '0')], []],
    ['values are compared case by case', [filter('tag:Name', 'SHOP-NODES-A')], []],
    ['a field that is absent', [filter('ipv6-cidr-block-association.ipv6-cidr-block', '*')], []],
  ])('%s', async (_, filters, names) => {
    expect(await namesOf(...filters)).toEqual(names);
  });

  it('a filter that the call does not know is refused', async () => {
    await expect(namesOf(filter('subnet-name', 'a'))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('more than 200 values are refused', async () => {
    const many = Array.from({ length: 201 }, (_, at) => `subnet-${at}`);
    await expect(namesOf(filter('subnet-id', ...many))).rejects.toMatchObject({ name: 'FilterLimitExceeded' });
    expect(await namesOf(filter('subnet-id', ...many.slice(1)))).toEqual([]);
  });

  it('nodes and their interfaces are found by what the CNI and EKS write on them', async () => {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [filter('tag:eks:cluster-name', 'shop-prod'), filter('instance-state-name', 'running')],
      }),
    );
    const ids = Reservations.flatMap(({ Instances = [] }) => Instances.flatMap(({ InstanceId }) => InstanceId ?? []));
    expect(ids).toHaveLength(12);
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [filter('attachment.instance-id', ...ids), filter('description', 'aws-K8S-*')],
      }),
    );
    expect(NetworkInterfaces.length).toBeGreaterThan(12);
    for (const { Attachment, Description, TagSet } of NetworkInterfaces) {
      expect(Description).toBe(`aws-K8S-${Attachment?.InstanceId}`);
      expect(TagSet).toContainEqual({ Key: 'node.k8s.amazonaws.com/instance_id', Value: Attachment?.InstanceId });
    }
  });
});

interface PageRequest {
  readonly MaxResults: number;
  readonly NextToken?: string;
}
interface Page {
  readonly ids: readonly string[];
  readonly token: string | undefined;
}

describe('pages', () => {
  /** Every page from the first, by the given size; no token is given twice. */
  async function pagesOf(
    MaxResults: number,
    ask: (input: PageRequest) => Promise<Page>,
  ): Promise<readonly (readonly string[])[]> {
    const pages: (readonly string[])[] = [];
    const tokens = new Set<string>();
    let next: string | undefined;
    do {
      const { ids, token } = await ask({ MaxResults, ...(next === undefined ? {} : { NextToken: next }) });
      pages.push(ids);
      if (token !== undefined && tokens.has(token)) throw new Error(`the token ${token} came twice`);
      if (token !== undefined) tokens.add(token);
      next = token;
    } while (next !== undefined);
    return pages;
  }
  const interfaces = async (input: PageRequest): Promise<Page> => {
    const { NetworkInterfaces = [], NextToken: token } = await ec2.send(new DescribeNetworkInterfacesCommand(input));
    return { ids: NetworkInterfaces.flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? []), token };
  };
  const rules = async (input: PageRequest): Promise<Page> => {
    const { SecurityGroupRules = [], NextToken: token } = await ec2.send(new DescribeSecurityGroupRulesCommand(input));
    return { ids: SecurityGroupRules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []), token };
  };
  const types = async (input: PageRequest): Promise<Page> => {
    const { InstanceTypes = [], NextToken: token } = await ec2.send(new DescribeInstanceTypesCommand(input));
    return { ids: InstanceTypes.flatMap(({ InstanceType }) => InstanceType ?? []), token };
  };

  const ofInterfaces = world.networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId);
  const ofRules = world.securityGroupRules.map(({ securityGroupRuleId }) => securityGroupRuleId);
  const ofTypes = instanceTypeTable().map(({ instanceType }) => instanceType);
  it.each<[string, number, (input: PageRequest) => Promise<Page>, readonly string[]]>([
    ['interfaces', 5, interfaces, ofInterfaces],
    ['interfaces', 7, interfaces, ofInterfaces],
    ['interfaces, the last page full', ofInterfaces.length, interfaces, ofInterfaces],
    ['interfaces, one left over', ofInterfaces.length - 1, interfaces, ofInterfaces],
    ['interfaces', 1000, interfaces, ofInterfaces],
    ['rules', 5, rules, ofRules],
    ['instance types', 77, types, ofTypes],
    ['instance types', 100, types, ofTypes],
  ])('of %s by %i are the whole together, each object once', async (_, size, ask, expected) => {
    const pages = await pagesOf(size, ask);
    expect(pages.flat()).toEqual(expected);
    expect(pages).toHaveLength(Math.ceil(expected.length / size));
    expect(pages.slice(0, -1).every((page) => page.length === size)).toBe(true);
  });

  it('instance types come a hundred at a time, asked for or not', async () => {
    let token: string | undefined;
    const sizes: number[] = [];
    do {
      const page: DescribeInstanceTypesCommandOutput = await ec2.send(new DescribeInstanceTypesCommand({ NextToken: token }));
      sizes.push(page.InstanceTypes?.length ?? 0);
      token = page.NextToken;
    } while (token);
    expect(sizes.length).toBeGreaterThan(10);
    expect(sizes.slice(0, -1).every((size) => size === 100)).toBe(true);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['fewer than 5', () => ec2.send(new DescribeSubnetsCommand({ MaxResults: 4 })), 'InvalidParameterValue'],
    ['more than 1,000', () => ec2.send(new DescribeSubnetsCommand({ MaxResults: 1001 })), 'InvalidParameterValue'],
    ['more than 100 types', () => ec2.send(new DescribeInstanceTypesCommand({ MaxResults: 101 })), 'InvalidParameterValue'],
    [
      'ids and a page size',
      () => ec2.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5, NetworkInterfaceIds: ['eni-1'] })),
      'InvalidParameterCombination',
    ],
    [
      'a token of no page',
      () => ec2.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken: 'x' })),
      'InvalidParameterValue',
    ],
  ])('%s are refused', async (_, ask, name) => {
    await expect(ask()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe('what is not there', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a VPC', () => ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-0'] })), 'InvalidVpcID.NotFound'],
    ['a subnet', () => ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] })), 'InvalidSubnetID.NotFound'],
    [
      'an interface',
      () => ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-0'] })),
      'InvalidNetworkInterfaceID.NotFound',
    ],
    ['an instance', () => ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-0'] })), 'InvalidInstanceID.NotFound'],
    ['a group', () => ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-0'] })), 'InvalidGroup.NotFound'],
    ['an ACL', () => ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-0'] })), 'InvalidNetworkAclID.NotFound'],
    [
      'a prefix list',
      () => ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: 'pl-0' })),
      'InvalidPrefixListID.NotFound',
    ],
    [
      'a subnet of reservations',
      () => ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId: 'subnet-0' })),
      'InvalidSubnetID.NotFound',
    ],
    [
      'a parameter that must be there',
      () => ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId: '' })),
      'MissingParameter',
    ],
  ])('%s is an error of its own', async (_, ask, name) => {
    await expect(ask()).rejects.toMatchObject({ name });
  });

  it('nor what belongs to another account', async () => {
    await expect(ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: 'pl-of-others' }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('what is answered', () => {
  it('the free addresses of a subnet are all but five, less what its interfaces hold', async () => {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    expect(Subnets).toHaveLength(1 + otherSubnets.length);
    for (const { SubnetId, AvailableIpAddressCount, CidrBlock } of Subnets) {
      const { NetworkInterfaces = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ Filters: [filter('subnet-id', SubnetId ?? '')] }),
      );
      const held = NetworkInterfaces.reduce(
        (sum, eni) => sum + (eni.PrivateIpAddresses?.length ?? 0) + 16 * (eni.Ipv4Prefixes?.length ?? 0),
        0,
      );
      expect(AvailableIpAddressCount).toBe(2 ** (32 - Number(CidrBlock?.split('/')[1])) - 5 - held);
    }
  });

  it('reservations take nothing off that', () => {
    const enis = world.networkInterfaces.filter((eni) => eni.subnetId === subnetId);
    expect(subnet && availableIpAddressCount(subnet, enis)).toBe(958);
  });

  it('entries of a prefix list, reservations of a subnet, groups, rules and ACLs', async () => {
    const { Entries } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: 'pl-1' }));
    expect(Entries).toEqual([{ Cidr: '10.0.0.0/8' }, { Cidr: '172.16.0.0/12' }]);
    const { SubnetIpv4CidrReservations } = await ec2.send(
      new GetSubnetCidrReservationsCommand({ SubnetId: subnetId, Filters: [filter('reservationType', 'explicit')] }),
    );
    expect(SubnetIpv4CidrReservations).toMatchObject([{ Cidr: '10.10.1.16/28', ReservationType: 'explicit' }]);
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [filter('group-name', 'eks-cluster-sg-shop-prod-*')] }),
    );
    expect(SecurityGroups).toHaveLength(1);
    const { SecurityGroupRules = [] } = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [filter('group-id', SecurityGroups[0]?.GroupId ?? '')] }),
    );
    expect(SecurityGroupRules).toMatchObject([
      { IsEgress: false, IpProtocol: '-1', ReferencedGroupInfo: { GroupId: SecurityGroups[0]?.GroupId } },
      { IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
    ]);
    const { NetworkAcls = [] } = await ec2.send(
      new DescribeNetworkAclsCommand({ Filters: [filter('association.subnet-id', subnetId)] }),
    );
    expect(NetworkAcls).toMatchObject([{ IsDefault: true, Entries: expect.arrayContaining([expect.anything()]) }]);
  });

  it('limits of an instance type; bare metal has no hypervisor', async () => {
    const { InstanceTypes = [] } = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large', 'c5.metal'] }));
    expect(InstanceTypes).toMatchObject([
      {
        Hypervisor: 'nitro',
        BareMetal: false,
        VCpuInfo: { DefaultVCpus: 2 },
        NetworkInfo: { MaximumNetworkInterfaces: 3, Ipv4AddressesPerInterface: 10, NetworkCards: [{ NetworkCardIndex: 0 }] },
      },
      { BareMetal: true, NetworkInfo: { MaximumNetworkInterfaces: 15 } },
    ]);
    expect(InstanceTypes[1]).not.toHaveProperty('Hypervisor');
    await expect(
      ec2.send(new DescribeInstanceTypesCommand({ Filters: [filter('hypervisor', 'xen')], MaxResults: 5 })),
    ).resolves.toMatchObject({
      NextToken: expect.any(String),
    });
  });
});
