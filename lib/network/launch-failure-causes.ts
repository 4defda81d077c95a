/** Why a node could not start, where the network is why. */
export type LaunchCause =
  /** The subnet has too few single addresses. */
  | 'subnet-addresses'
  /** The subnet has no aligned /28 block. */
  | 'prefix-blocks'
  | 'subnet-missing'
  /** The account's interfaces in the Region. */
  | 'region-interfaces'
  /** The interfaces that the instance type takes. */
  | 'instance-interfaces'
  /** The addresses that one interface takes. */
  | 'interface-addresses';

/**
 * The words of EC2 and EKS, with the code where it is passed on and the sentence where it is not (Auto Scaling keeps the sentence).
 * AttachmentLimitExceeded is also said of volumes, so only its sentence on interfaces counts.
 * Sources: Amazon EC2 API Reference, "Error codes for the Amazon EC2 API"; Amazon EC2 Auto Scaling User Guide, "Troubleshoot issues in
 * Amazon EC2 Auto Scaling: instance launch failures"; Amazon EKS API Reference, "Issue"; amazon-vpc-cni-k8s pkg/awsutils/awsutils.go.
 */
const SIGNATURES: readonly { readonly cause: LaunchCause; readonly says: RegExp }[] = [
  { cause: 'prefix-blocks', says: /InsufficientCidrBlocks|enough free cidr blocks/i },
  { cause: 'subnet-addresses', says: /InsufficientFreeAddresses|not enough free addresses in subnet/i },
  { cause: 'subnet-missing', says: /InvalidSubnetID\.NotFound|Ec2SubnetNotFound|subnet ID '[^']*' does not exist/i },
  {
    cause: 'region-interfaces',
    says: /NetworkInterfaceLimitExceeded|limit on the number of network interfaces|maximum number of (network )?interfaces/i,
  },
  { cause: 'instance-interfaces', says: /interface count \d+ exceeds the limit/i },
  { cause: 'interface-addresses', says: /PrivateIpAddressLimitExceeded|number of private addresses will exceed limit/i },
];

/** The cause that a message names; undefined where the launch failed for want of something else. */
export function launchCause(message: string): LaunchCause | undefined {
  return SIGNATURES.find(({ says }) => says.test(message))?.cause;
}

/** Subnets that a message names. */
export function subnetsIn(message: string): readonly string[] {
  return message.match(/\bsubnet-[0-9a-z]+/g) ?? [];
}
