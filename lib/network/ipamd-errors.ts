import type { IpamdReading } from '#lib/model/ipamd.ts';

/** What an error of EC2 means for a node's pool. */
export type Ec2ErrorKind = 'no-prefix' | 'subnet-empty' | 'throttled' | 'denied' | 'other';

/**
 * Sources: Amazon EC2 API Reference, "Error codes"; amazon-vpc-cni-k8s pkg/awsutils/awsutils.go. A full interface
 * (PrivateIpAddressLimitExceeded) is left out: ipamd takes it for a stale count, and reads it anew.
 */
const KINDS: Readonly<Record<string, Ec2ErrorKind | 'harmless'>> = {
  InsufficientCidrBlocks: 'no-prefix',
  InsufficientFreeAddressesInSubnet: 'subnet-empty',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  EC2ThrottledException: 'throttled',
  UnauthorizedOperation: 'denied',
  AccessDenied: 'denied',
  PrivateIpAddressLimitExceeded: 'harmless',
};

/** A failed call of EC2, over all nodes that answered. */
export interface Ec2Error {
  readonly api: string;
  readonly code: string;
  readonly kind: Ec2ErrorKind;
  readonly count: number;
}

/** The errors of EC2 by API and code, the most frequent first. */
export function ec2Errors(readings: readonly IpamdReading[]): readonly Ec2Error[] {
  const counts = new Map<string, number>();
  for (const { ec2Errors: errors = {} } of readings) {
    for (const [key, count] of Object.entries(errors)) counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return [...counts]
    .flatMap(([key, count]) => {
      const [api = '', code = ''] = key.split(' ');
      const kind = Object.hasOwn(KINDS, code) ? (KINDS[code] ?? 'other') : 'other';
      return kind === 'harmless' || count === 0 ? [] : [{ api, code, kind, count }];
    })
    .sort((a, b) => b.count - a.count || (`${a.api} ${a.code}` < `${b.api} ${b.code}` ? -1 : 1));
}

/** `awscni_no_available_ip_addresses` over all nodes that answered. */
export function failedAssignments(readings: readonly IpamdReading[]): number {
  return readings.reduce((sum, { metrics }) => sum + (metrics?.['awscni_no_available_ip_addresses'] ?? 0), 0);
}
