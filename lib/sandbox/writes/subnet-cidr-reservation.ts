import { randomUUID } from 'node:crypto';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { blockOf } from '#lib/sandbox/block.ts';
import { reservationOfSubnetElement } from '#lib/sandbox/ec2-elements.ts';
import { demanded, type Ec2Write } from '#lib/sandbox/writes/ec2-write.ts';

/**
 * A reservation may lie over addresses that are in use, and not over another reservation.
 * Source: Amazon VPC User Guide, "Subnet CIDR reservations". It names no error codes: these are EC2's general ones.
 */
export const createSubnetCidrReservation: Ec2Write = (live, query) => {
  const subnetId = demanded(query, 'SubnetId');
  const cidr = demanded(query, 'Cidr');
  const type = demanded(query, 'ReservationType');
  const { subnets, subnetCidrReservations } = live.world;
  const subnet = subnets.find((each) => each.subnetId === subnetId);
  if (subnet === undefined) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  if (type !== 'prefix' && type !== 'explicit')
    throw new AwsError('InvalidParameterValue', `Value (${type}) for parameter reservationType is invalid.`);
  const { first, size } = cidrBlock(cidr);
  const whole = blockOf(subnet.cidrBlock);
  if (first < whole.first || first + size > whole.first + whole.size)
    throw new AwsError('InvalidParameterValue', `The CIDR '${cidr}' is not within the subnet ${subnetId} (${subnet.cidrBlock}).`);
  const overlapped = subnetCidrReservations
    .filter((each) => each.subnetId === subnetId)
    .find((each) => {
      const other = blockOf(each.cidr);
      return first < other.first + other.size && other.first < first + size;
    });
  if (overlapped !== undefined)
    throw new AwsError('InvalidParameterValue', `The CIDR '${cidr}' overlaps the reservation ${overlapped.cidr}.`);
  const reservation = {
    subnetCidrReservationId: `scr-${randomUUID().replaceAll('-', '').slice(0, 17)}`,
    subnetId,
    cidr,
    reservationType: type,
  } as const;
  live.edit(() => ({ subnetCidrReservations: [...subnetCidrReservations, reservation] }));
  return {
    subnetCidrReservation: {
      ...(reservationOfSubnetElement(reservation) as object),
      ownerId: live.world.account,
      description: query.text('Description'),
    },
  };
};

/** Source: Amazon EC2 API Reference, DeleteSubnetCidrReservation. */
export const deleteSubnetCidrReservation: Ec2Write = (live, query) => {
  const id = demanded(query, 'SubnetCidrReservationId');
  const { subnetCidrReservations } = live.world;
  const reservation = subnetCidrReservations.find((each) => each.subnetCidrReservationId === id);
  if (reservation === undefined)
    throw new AwsError('InvalidSubnetCidrReservationID.NotFound', `The subnet CIDR reservation ID '${id}' does not exist`);
  live.edit(() => ({ subnetCidrReservations: subnetCidrReservations.filter((each) => each !== reservation) }));
  return { deletedSubnetCidrReservation: reservationOfSubnetElement(reservation) };
};

function cidrBlock(cidr: string): { first: number; size: number } {
  const block = /^\d{1,3}(\.\d{1,3}){3}\/(\d|[12]\d|3[0-2])$/.test(cidr) ? blockOf(cidr) : undefined;
  if (block === undefined || block.first % block.size !== 0)
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  return block;
}
