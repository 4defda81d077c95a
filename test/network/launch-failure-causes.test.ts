import { expect, test } from 'vitest';
import { launchCause, subnetsIn } from '#lib/network/launch-failure-causes.ts';

test.each<[string, string | undefined]>([
  [
    "There are not enough free addresses in subnet 'subnet-0a1b' to satisfy the requested number of instances. Launching EC2 instance failed.",
    'subnet-addresses',
  ],
  ['InsufficientFreeAddressesInSubnet: creating instance', 'subnet-addresses'],
  ['InsufficientFreeAddresses: one or more subnets of the node group are short of addresses', 'subnet-addresses'],
  ['InsufficientCidrBlocks', 'prefix-blocks'],
  ['The specified subnet does not have enough free cidr blocks to satisfy the request.', 'prefix-blocks'],
  ["The subnet ID 'subnet-0a1b' does not exist. Launching EC2 instance failed.", 'subnet-missing'],
  ['Ec2SubnetNotFound: we could not find it', 'subnet-missing'],
  ['NetworkInterfaceLimitExceeded', 'region-interfaces'],
  ['You have exceeded the maximum number of interfaces allowed for your account', 'region-interfaces'],
  ['Interface count 5 exceeds the limit for m5.large', 'instance-interfaces'],
  ['AttachmentLimitExceeded: too many volumes', undefined],
  ['Number of private addresses will exceed limit.', 'interface-addresses'],
  ['PrivateIpAddressLimitExceeded', 'interface-addresses'],
  ['We currently do not have sufficient m5.large capacity in the Availability Zone you requested.', undefined],
  ['You have requested more vCPU capacity than your current vCPU limit of 64 allows (VcpuLimitExceeded)', undefined],
  ['You are not authorized to perform this operation.', undefined],
  ['', undefined],
])('%s means %s', (message, cause) => expect(launchCause(message)).toBe(cause));

test('the subnets that a message names', () => {
  expect(subnetsIn("no room in 'subnet-0a1b' nor in subnet-0c2d.")).toEqual(['subnet-0a1b', 'subnet-0c2d']);
  expect(subnetsIn('no room')).toEqual([]);
});
