import { GetSubnetCidrReservationsCommand, type SubnetCidrReservation as SdkReservation } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import { required } from '#lib/collect/aws/fields.ts';
import { SCOPE_NEEDS, subnetsInScope } from '#lib/collect/aws/subnets-in-scope.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';
import type { SubnetCidrReservation } from '#lib/model/ec2.ts';

/** One call a subnet: EC2 offers no list over several. */
export const subnetCidrReservations = defineCollector({
  key: 'subnetCidrReservations',
  needs: SCOPE_NEEDS,
  permissions: ec2Reads('GetSubnetCidrReservations'),
  async collect({ ec2, everyPage }, slices) {
    const found = await pLimit(5).map(subnetsInScope(slices), (SubnetId) =>
      everyPage(
        'ec2:GetSubnetCidrReservations',
        (NextToken) => ec2(new GetSubnetCidrReservationsCommand({ SubnetId, MaxResults: 1000, NextToken })),
        (page) => page.SubnetIpv4CidrReservations?.map(toReservation),
      ),
    );
    return found.flat();
  },
});

function toReservation(reservation: SdkReservation): SubnetCidrReservation {
  return {
    subnetCidrReservationId: required(reservation.SubnetCidrReservationId, 'SubnetCidrReservation.SubnetCidrReservationId'),
    subnetId: required(reservation.SubnetId, 'SubnetCidrReservation.SubnetId'),
    cidr: required(reservation.Cidr, 'SubnetCidrReservation.Cidr'),
    reservationType: required(reservation.ReservationType, 'SubnetCidrReservation.ReservationType'),
  };
}
