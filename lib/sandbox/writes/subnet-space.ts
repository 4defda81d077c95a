import { SubnetSpace } from '#lib/sandbox/allocate.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { World } from '#lib/sandbox/world.ts';

/** What a subnet has left at this moment. @throws AwsError InvalidSubnetID.NotFound */
export function subnetSpace({ subnets, networkInterfaces, subnetCidrReservations }: World, subnetId: string): SubnetSpace {
  const subnet = subnets.find((each) => each.subnetId === subnetId);
  if (subnet === undefined) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  const reservations = subnetCidrReservations
    .filter((each) => each.subnetId === subnetId)
    .map(({ cidr, reservationType: type }) => ({ cidr, type }));
  const space = new SubnetSpace(subnet.cidrBlock, reservations);
  for (const eni of networkInterfaces) {
    if (eni.subnetId === subnetId) space.hold([...eni.privateIpAddresses, ...eni.ipv4Prefixes]);
  }
  return space;
}
