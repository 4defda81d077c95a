import type { InstanceType } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';

/** An interface's addresses (the primary among them) and delegated prefixes: each takes one slot. */
export interface HeldSlots {
  readonly addresses: readonly string[];
  readonly prefixes: readonly string[];
}

/** How many more addresses or prefixes an interface of an instance of this type can hold. */
export function freeSlots({ addresses, prefixes }: HeldSlots, { ipv4AddressesPerInterface }: InstanceType): number {
  return ipv4AddressesPerInterface - addresses.length - prefixes.length;
}

/**
 * What EC2 says before it assigns another address or prefix.
 * Source: Amazon EC2 User Guide, "IP addresses per network interface per instance type"; EC2 API Reference, error codes.
 * @throws AwsError PrivateIpAddressLimitExceeded
 */
export function demandSlot(held: HeldSlots, type: InstanceType): void {
  if (freeSlots(held, type) > 0) return;
  throw new AwsError(
    'PrivateIpAddressLimitExceeded',
    `Number of private addresses will exceed limit: an interface of ${type.instanceType} holds ${type.ipv4AddressesPerInterface}.`,
  );
}

/** Interfaces that the CNI can use: those of the default network card. */
export function interfaceLimit({ networkCards, defaultNetworkCardIndex, maximumNetworkInterfaces }: InstanceType): number {
  return networkCards[defaultNetworkCardIndex]?.maximumNetworkInterfaces ?? maximumNetworkInterfaces;
}

/** What EC2 says before it attaches another interface. @throws AwsError AttachmentLimitExceeded */
export function demandAttachment(attached: number, type: InstanceType): void {
  const limit = interfaceLimit(type);
  if (attached < limit) return;
  throw new AwsError(
    'AttachmentLimitExceeded',
    `Interface count ${attached + 1} exceeds the limit for ${type.instanceType}: ${limit}.`,
  );
}
