import {
  AssignPrivateIpAddressesCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSubnetCidrReservationCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSubnetCidrReservationCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  GetSubnetCidrReservationsCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
  UnassignPrivateIpAddressesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Entered, enter, NOW } from './start.ts';

const given = embeddedFleet(NOW);
const eni = given.networkInterfaces.find(
  ({ description, ipv4Prefixes, privateIpAddresses: { length } }) =>
    description.startsWith('aws-K8S') && ipv4Prefixes.length === 0 && length > 1,
);
const groupId = given.securityGroups[0]?.groupId ?? '';
const { subnetId = '', privateIpAddresses = [], networkInterfaceId = '' } = eni ?? {};
const loose = {
  ...given.networkInterfaces[0],
  networkInterfaceId: 'eni-0loose',
  status: 'available',
  subnetId,
  requesterManaged: false,
};
const { attachment: _, ...detached } = loose;
const managed = { ...detached, networkInterfaceId: 'eni-0managed', requesterManaged: true };
const kept = (addresses: readonly string[]) => ({ ...detached, privateIpAddresses: [...addresses] });
const emptySubnet = { ...given.subnets[0], subnetId: 'subnet-0empty', cidrBlock: '10.250.0.0/27' };
const world = {
  ...given,
  subnets: [...given.subnets, emptySubnet],
  networkInterfaces: [
    ...given.networkInterfaces,
    kept([]),
    { ...managed, privateIpAddresses: [] },
    {
      ...detached,
      networkInterfaceId: 'eni-0narrow',
      subnetId: 'subnet-0empty',
      privateIpAddresses: ['10.250.0.4'],
      ipv4Prefixes: [],
    },
  ],
} as typeof given;

let entered: Entered;
beforeEach(async () => {
  entered = await enter(world);
});
afterEach(() => entered?.[Symbol.asyncDispose]());

const dns = (over: Partial<IpPermission> = {}): IpPermission => ({
  IpProtocol: 'udp',
  FromPort: 53,
  ToPort: 53,
  IpRanges: [{ CidrIp: '10.9.0.77/24', Description: 'DNS' }],
  ...over,
});
const authorize = (IpPermissions: IpPermission[], GroupId = groupId, DryRun = false) =>
  entered.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, DryRun }));
const revoke = (request: { IpPermissions?: IpPermission[]; SecurityGroupRuleIds?: string[] }) =>
  entered.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, ...request }));
const rules = async () => {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { SecurityGroupRules = [] } = await entered.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
  return SecurityGroupRules;
};
const assign = (request: object, NetworkInterfaceId = networkInterfaceId) =>
  entered.ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, ...request }));
const unassign = (request: object) =>
  entered.ec2.send(new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId: networkInterfaceId, ...request }));
const reserve = (Cidr: string, ReservationType: 'prefix' | 'explicit' = 'prefix', SubnetId = 'subnet-0empty') =>
  entered.ec2.send(new CreateSubnetCidrReservationCommand({ SubnetId, Cidr, ReservationType }));
const free = async (SubnetId: string) =>
  (await entered.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }))).Subnets?.[0]?.AvailableIpAddressCount;
const remove = (NetworkInterfaceId: string) => entered.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));

test('a rule is there once it is authorized, with its host bits cleared, and gone once it is revoked by its id', async () => {
  const before = await rules();
  const { SecurityGroupRules: [made] = [] } = await authorize([dns()]);
  expect(made).toMatchObject({ CidrIpv4: '10.9.0.0/24', FromPort: 53, Description: 'DNS', IsEgress: false });
  expect(await rules()).toHaveLength(before.length + 1);
  await revoke({ SecurityGroupRuleIds: [made?.SecurityGroupRuleId ?? ''] });
  expect(await rules()).toEqual(before);
  expect(entered.sandbox.writes().map(({ operation }) => operation)).toEqual([
    'AuthorizeSecurityGroupIngress',
    'RevokeSecurityGroupIngress',
  ]);
});

test('an address comes from what is free, and goes back', async () => {
  await unassign({ PrivateIpAddresses: [privateIpAddresses[1] ?? ''] });
  const before = (await free(subnetId)) ?? 0;
  const { AssignedPrivateIpAddresses: [made] = [] } = await assign({ SecondaryPrivateIpAddressCount: 1 });
  expect(await free(subnetId)).toBe(before - 1);
  await unassign({ PrivateIpAddresses: [made?.PrivateIpAddress ?? ''] });
  expect(await free(subnetId)).toBe(before);
});

test('a prefix is a whole block of sixteen', async () => {
  const before = (await free(subnetId)) ?? 0;
  const { PrivateIpAddresses = [] } =
    (await entered.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] })))
      .NetworkInterfaces?.[0] ?? {};
  await unassign({ PrivateIpAddresses: PrivateIpAddresses.slice(1, 2).map(({ PrivateIpAddress }) => PrivateIpAddress ?? '') });
  const { AssignedIpv4Prefixes: [made] = [] } = await assign({ Ipv4PrefixCount: 1 });
  expect(Number(made?.Ipv4Prefix?.split('/')[0]?.split('.')[3]) % 16).toBe(0);
  expect(await free(subnetId)).toBe(before + 1 - 16);
});

test('a reservation is listed until it is deleted', async () => {
  const { SubnetCidrReservation: made } = await reserve('10.250.0.16/28');
  const listed = async () =>
    (await entered.ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId: 'subnet-0empty' }))).SubnetIpv4CidrReservations;
  expect(await listed()).toMatchObject([{ Cidr: '10.250.0.16/28', ReservationType: 'prefix' }]);
  await entered.ec2.send(
    new DeleteSubnetCidrReservationCommand({ SubnetCidrReservationId: made?.SubnetCidrReservationId ?? '' }),
  );
  expect(await listed()).toEqual([]);
});

test('an interface that is loose is deleted, and tags of one key are overwritten', async () => {
  const tag = (Value: string) =>
    entered.ec2.send(new CreateTagsCommand({ Resources: [networkInterfaceId], Tags: [{ Key: 'owner', Value }] }));
  await tag('a');
  await tag('b');
  await remove('eni-0loose');
  const { NetworkInterfaces = [] } = await entered.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'tag:owner', Values: ['b'] }] }),
  );
  expect(NetworkInterfaces.map((each) => each.NetworkInterfaceId)).toEqual([networkInterfaceId]);
  await expect(remove('eni-0loose')).rejects.toMatchObject({ name: 'InvalidNetworkInterfaceID.NotFound' });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a rule that is there', () => authorize([dns(), dns()]), 'InvalidPermission.Duplicate'],
  ['a rule in a group that is not there', () => authorize([dns()], 'sg-0none'), 'InvalidGroup.NotFound'],
  [
    'a rule from a group that is not there',
    () => authorize([dns({ IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-0none' }] })]),
    'InvalidGroup.NotFound',
  ],
  ['a CIDR that is none', () => authorize([dns({ IpRanges: [{ CidrIp: '10.9.0.0/33' }] })]), 'InvalidParameterValue'],
  ['a port that is none', () => authorize([dns({ ToPort: 70_000 })]), 'InvalidParameterValue'],
  ['no rule at all', () => authorize([]), 'MissingParameter'],
  [
    'more rules than the quota',
    () => authorize(Array.from({ length: 61 }, (_each, at) => dns({ FromPort: at, ToPort: at }))),
    'RulesPerSecurityGroupLimitExceeded',
  ],
  ['a dry run', () => authorize([dns()], groupId, true), 'DryRunOperation'],
  ['revoking what is not permitted', () => revoke({ IpPermissions: [dns()] }), 'InvalidPermission.NotFound'],
  [
    'revoking an id that is not there',
    () => revoke({ SecurityGroupRuleIds: ['sgr-0none'] }),
    'InvalidSecurityGroupRuleId.NotFound',
  ],
  ['more addresses than a slot', () => assign({ SecondaryPrivateIpAddressCount: 99 }), 'PrivateIpAddressLimitExceeded'],
  [
    'an address that is in use',
    () => assign({ PrivateIpAddresses: [privateIpAddresses[0] ?? ''] }, 'eni-0loose'),
    'InvalidIPAddress.InUse',
  ],
  ['a prefix where no whole block is', () => assign({ Ipv4PrefixCount: 1 }, 'eni-0narrow'), 'InsufficientCidrBlocks'],
  [
    'more addresses than are free',
    () => assign({ SecondaryPrivateIpAddressCount: 27 }, 'eni-0narrow'),
    'InsufficientFreeAddressesInSubnet',
  ],
  ['a prefix that is not aligned', () => assign({ Ipv4Prefixes: ['10.250.0.8/28'] }, 'eni-0narrow'), 'InvalidParameterValue'],
  [
    'giving back the primary address',
    () => unassign({ PrivateIpAddresses: [privateIpAddresses[0] ?? ''] }),
    'InvalidParameterValue',
  ],
  ['giving back what it has not', () => unassign({ PrivateIpAddresses: ['10.250.0.9'] }), 'InvalidParameterValue'],
  ['deleting what is attached', () => remove(networkInterfaceId), 'InvalidParameterValue'],
  ['deleting what AWS manages', () => remove('eni-0managed'), 'OperationNotPermitted'],
  ['a reservation outside of the subnet', () => reserve('10.251.0.0/28'), 'InvalidParameterValue'],
  ['a reservation that is no CIDR', () => reserve('10.250.0.1/28'), 'InvalidParameterValue'],
  ['a reservation of no subnet', () => reserve('10.250.0.0/28', 'prefix', 'subnet-0none'), 'InvalidSubnetID.NotFound'],
  [
    'tags of AWS',
    () => entered.ec2.send(new CreateTagsCommand({ Resources: [networkInterfaceId], Tags: [{ Key: 'aws:a', Value: '' }] })),
    'InvalidParameterValue',
  ],
])('EC2 refuses %s, and nothing has changed', async (_name, ask, code) => {
  await expect(ask()).rejects.toMatchObject({ name: code });
  expect(entered.sandbox.writes()).toEqual([]);
});

test('reservations do not overlap', async () => {
  await reserve('10.250.0.16/28');
  await expect(reserve('10.250.0.0/27')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('the world that was given stays as it is', async () => {
  const before = JSON.stringify(world.networkInterfaces);
  await remove('eni-0loose');
  expect(JSON.stringify(world.networkInterfaces)).toBe(before);
});
