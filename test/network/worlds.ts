/** Arbitrary subnets for the property tests: any size, interfaces of anybody, prefixes and reservations. */
import fc from 'fast-check';
import type { NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { formatIpv4, formatIpv4Block } from '#lib/network/ipv4.ts';
import { anEni, aSubnet, NOW } from '#test/scenarios/slices.ts';

export interface SubnetWorld {
  readonly subnet: Subnet;
  readonly interfaces: readonly NetworkInterface[];
  readonly reservations: readonly SubnetCidrReservation[];
}

/** A detached interface that the VPC CNI made so many minutes ago, for an instance that is gone. */
export function aDetachedEni(minutes: number, over: Partial<NetworkInterface> = {}): NetworkInterface {
  const { tags = {}, ...rest } = over;
  return anEni({
    status: 'available',
    description: 'aws-K8S-i-gone',
    tags: {
      'node.k8s.amazonaws.com/instance_id': 'i-gone',
      'node.k8s.amazonaws.com/createdAt': new Date(Date.parse(NOW) - minutes * 60_000).toISOString(),
      ...tags,
    },
    ...rest,
  });
}

const FIRST = 0x0a_40_00_00;

export const subnetWorld: fc.Arbitrary<SubnetWorld> = fc.integer({ min: 16, max: 28 }).chain((length) => {
  const size = 2 ** (32 - length);
  const address = fc.integer({ min: 4, max: size - 2 }).map((offset) => formatIpv4(FIRST + offset));
  const prefix = fc
    .integer({ min: 0, max: size / 16 - 1 })
    .map((block) => formatIpv4Block({ first: FIRST + 16 * block, size: 16 }));
  const eni = fc.record({
    description: fc.constantFrom('aws-K8S-i-1', 'aws-K8S-i-9', '', 'ELB net/shop', 'Amazon EKS blog', 'RDSNetworkInterface'),
    status: fc.constantFrom('in-use', 'available'),
    interfaceType: fc.constantFrom('interface', 'interface', 'branch', 'nat_gateway', 'lambda'),
    /** Of whoever names the interface; a detached one of the CNI with a time of creation is leaked. */
    tags: fc.constantFrom<Record<string, string>>(
      {},
      {},
      { 'cluster.k8s.amazonaws.com/name': 'blog' },
      { 'kubernetes.io/cluster/shop-prod': 'owned' },
      { 'node.k8s.amazonaws.com/instance_id': 'i-gone', 'node.k8s.amazonaws.com/createdAt': '2026-11-01T00:00:00Z' },
    ),
    device: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    addresses: fc.array(address, { maxLength: 6 }),
    prefixes: fc.array(prefix, { maxLength: 2 }),
  });
  const reservation = fc
    .tuple(fc.integer({ min: Math.max(length, 24), max: 30 }), fc.integer({ min: 0, max: size - 1 }), fc.boolean())
    .map(([bits, offset, explicit]) => {
      const span = 2 ** (32 - bits);
      return {
        subnetCidrReservationId: `scr-${offset}`,
        subnetId: 'subnet-a',
        cidr: formatIpv4Block({ first: FIRST + offset - (offset % span), size: span }),
        reservationType: explicit ? ('explicit' as const) : ('prefix' as const),
      };
    });
  return fc
    .record({
      enis: fc.array(eni, { maxLength: 24 }),
      reservations: fc.array(reservation, { maxLength: 3 }),
      unseen: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })),
    })
    .map(({ enis, reservations, unseen }) => {
      const interfaces = enis.map(({ device, addresses, prefixes, ...eni }, index) =>
        anEni({
          networkInterfaceId: `eni-${index}`,
          ...eni,
          privateIpAddresses: addresses,
          ipv4Prefixes: prefixes,
          ...(device === undefined ? {} : { attachment: { instanceId: 'i-1', deviceIndex: device, networkCardIndex: 0 } }),
        }),
      );
      const held = heldAddresses(interfaces, size);
      return {
        subnet: aSubnet({
          cidrBlock: formatIpv4Block({ first: FIRST, size }),
          availableIpAddressCount: Math.max(0, size - 5 - held.size - unseen),
        }),
        interfaces,
        reservations: withoutOverlaps(reservations),
      };
    });
});

/** The slow and obvious way: a set of every single address. */
export function heldAddresses(interfaces: readonly NetworkInterface[], size: number): Set<string> {
  const reserved = new Set([0, 1, 2, 3, size - 1].map((offset) => formatIpv4(FIRST + offset)));
  const held = new Set<string>();
  for (const { privateIpAddresses, ipv4Prefixes } of interfaces) {
    for (const address of [...privateIpAddresses, ...ipv4Prefixes.flatMap(addressesOf)])
      if (!reserved.has(address)) held.add(address);
  }
  return held;
}

/** Every address of a CIDR, as text. */
export function addressesOf(cidr: string): readonly string[] {
  const [base = '', bits = ''] = cidr.split('/');
  const first = base.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return Array.from({ length: 2 ** (32 - Number(bits)) }, (_, offset) => formatIpv4(first + offset));
}

/** EC2 refuses a reservation that overlaps another. */
function withoutOverlaps(reservations: readonly SubnetCidrReservation[]): readonly SubnetCidrReservation[] {
  const taken = new Set<string>();
  return reservations.filter(({ cidr }) => {
    const addresses = addressesOf(cidr);
    if (addresses.some((address) => taken.has(address))) return false;
    for (const address of addresses) taken.add(address);
    return true;
  });
}
