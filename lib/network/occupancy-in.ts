import type { NetworkInterface, Subnet } from '#lib/model/ec2.ts';
import { remember } from '#lib/network/remember.ts';
import { type SubnetOccupancy, subnetOccupancy } from '#lib/network/subnet-occupancy.ts';

const bySubnet = remember((interfaces: readonly NetworkInterface[]) => Map.groupBy(interfaces, ({ subnetId }) => subnetId));

/** A subnet under all interfaces of a Snapshot, laid out once for all checks; undefined where it has no IPv4 CIDR. */
export const occupancyIn = remember((subnet: Subnet, interfaces: readonly NetworkInterface[]): SubnetOccupancy | undefined =>
  subnetOccupancy(subnet, bySubnet(interfaces).get(subnet.subnetId) ?? []),
);
