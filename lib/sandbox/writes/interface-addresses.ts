import type { InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { freeSlots } from '#lib/sandbox/interface-limits.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import { count, demanded, type Ec2Write } from '#lib/sandbox/writes/ec2-write.ts';
import { interfaceOf } from '#lib/sandbox/writes/network-interface.ts';
import { subnetSpace } from '#lib/sandbox/writes/subnet-space.ts';

/**
 * Secondary addresses and /28 prefixes, by count or by name: all of them or none.
 * Source: Amazon EC2 API Reference, AssignPrivateIpAddresses; EC2 User Guide, "Prefix delegation for network interfaces".
 */
export const assignPrivateIpAddresses: Ec2Write = (live, query) => {
  const eni = interfaceOf(live, demanded(query, 'NetworkInterfaceId'));
  const space = subnetSpace(live.world, eni.subnetId);
  const many = <T>(size: number, take: () => T) => Array.from({ length: size }, take);
  const wanted = {
    addresses: query.list('PrivateIpAddress'),
    addressCount: count(query, 'SecondaryPrivateIpAddressCount') ?? 0,
    prefixes: query.list('Ipv4Prefix'),
    prefixCount: count(query, 'Ipv4PrefixCount') ?? 0,
  };
  const total = wanted.addresses.length + wanted.addressCount + wanted.prefixes.length + wanted.prefixCount;
  if (total === 0)
    throw new AwsError('MissingParameter', 'Either the number of addresses or prefixes or themselves must be specified.');
  const type = typeOf(live, eni);
  if (type !== undefined && wanted.prefixes.length + wanted.prefixCount > 0 && type.hypervisor !== 'nitro' && !type.bareMetal)
    throw new AwsError('UnsupportedOperation', `Instances of ${type.instanceType} take no prefixes.`);
  if (type !== undefined) demandSlots(type, eni, total);
  const addresses = [
    ...wanted.addresses.map((address) => space.takeThis(address)),
    ...many(wanted.addressCount, () => space.takeAddress()),
  ];
  const prefixes = [
    ...wanted.prefixes.map((prefix) => space.takeThisPrefix(prefix)),
    ...many(wanted.prefixCount, () => space.takePrefix()),
  ];
  replaceInterface(live, eni, {
    privateIpAddresses: [...eni.privateIpAddresses, ...addresses],
    ipv4Prefixes: [...eni.ipv4Prefixes, ...prefixes],
  });
  return {
    networkInterfaceId: eni.networkInterfaceId,
    assignedPrivateIpAddressesSet: addresses.map((privateIpAddress) => ({ privateIpAddress })),
    assignedIpv4PrefixSet: prefixes.map((ipv4Prefix) => ({ ipv4Prefix })),
    return: true,
  };
};

/** Of the instance that the interface is attached to; an interface on its own has no limit here. */
function typeOf({ world }: LiveWorld, { attachment }: NetworkInterface): InstanceType | undefined {
  const instance = world.instances.find(({ instanceId }) => instanceId === attachment?.instanceId);
  return [...world.instanceTypes, ...instanceTypeTable()].find(({ instanceType }) => instanceType === instance?.instanceType);
}

/** @throws AwsError PrivateIpAddressLimitExceeded: an interface of an instance holds what the instance's type allows */
function demandSlots(type: InstanceType, { privateIpAddresses, ipv4Prefixes }: NetworkInterface, wanted: number): void {
  if (freeSlots({ addresses: privateIpAddresses, prefixes: ipv4Prefixes }, type) >= wanted) return;
  throw new AwsError(
    'PrivateIpAddressLimitExceeded',
    `Number of private addresses will exceed limit: an interface of ${type.instanceType} holds ${type.ipv4AddressesPerInterface}.`,
  );
}

/** Source: Amazon EC2 API Reference, UnassignPrivateIpAddresses. */
export const unassignPrivateIpAddresses: Ec2Write = (live, query) => {
  const eni = interfaceOf(live, demanded(query, 'NetworkInterfaceId'));
  const addresses = query.list('PrivateIpAddress');
  const prefixes = query.list('Ipv4Prefix');
  const [primary, ...secondary] = eni.privateIpAddresses;
  if (primary !== undefined && addresses.includes(primary))
    throw new AwsError('InvalidParameterValue', `The primary private IP address ${primary} cannot be unassigned.`);
  const foreign = [
    ...addresses.filter((address) => !secondary.includes(address)),
    ...prefixes.filter((prefix) => !eni.ipv4Prefixes.includes(prefix)),
  ];
  if (foreign.length > 0)
    throw new AwsError(
      'InvalidParameterValue',
      `Some of the specified addresses are not assigned to interface ${eni.networkInterfaceId}: ${foreign.join(', ')}`,
    );
  replaceInterface(live, eni, {
    privateIpAddresses: eni.privateIpAddresses.filter((address) => !addresses.includes(address)),
    ipv4Prefixes: eni.ipv4Prefixes.filter((prefix) => !prefixes.includes(prefix)),
  });
  return { return: true };
};

export function replaceInterface(live: LiveWorld, eni: NetworkInterface, change: Partial<NetworkInterface>): void {
  live.edit(({ networkInterfaces }) => ({
    networkInterfaces: networkInterfaces.map((each) =>
      each.networkInterfaceId === eni.networkInterfaceId ? { ...each, ...change } : each,
    ),
  }));
}
