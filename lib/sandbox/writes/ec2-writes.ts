import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { Ec2Query } from '#lib/sandbox/ec2-query.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import { createTags } from '#lib/sandbox/writes/create-tags.ts';
import type { Ec2Write } from '#lib/sandbox/writes/ec2-write.ts';
import { assignPrivateIpAddresses, unassignPrivateIpAddresses } from '#lib/sandbox/writes/interface-addresses.ts';
import { deleteNetworkInterface } from '#lib/sandbox/writes/network-interface.ts';
import { authorizeRules, revokeRules } from '#lib/sandbox/writes/security-group-rules.ts';
import { createSubnetCidrReservation, deleteSubnetCidrReservation } from '#lib/sandbox/writes/subnet-cidr-reservation.ts';
import { xml } from '#lib/sandbox/xml.ts';

const WRITES: ReadonlyMap<string, Ec2Write> = new Map([
  ['AuthorizeSecurityGroupIngress', authorizeRules(false)],
  ['AuthorizeSecurityGroupEgress', authorizeRules(true)],
  ['RevokeSecurityGroupIngress', revokeRules(false)],
  ['RevokeSecurityGroupEgress', revokeRules(true)],
  ['DeleteNetworkInterface', deleteNetworkInterface],
  ['CreateSubnetCidrReservation', createSubnetCidrReservation],
  ['DeleteSubnetCidrReservation', deleteSubnetCidrReservation],
  ['AssignPrivateIpAddresses', assignPrivateIpAddresses],
  ['UnassignPrivateIpAddresses', unassignPrivateIpAddresses],
  ['CreateTags', createTags],
]);

/**
 * Answers one of EC2's writes.
 * @returns undefined for any other call
 * @throws AwsError DryRunOperation, with nothing changed, where the request asks for a dry run and could be carried out
 */
export function writeEc2(live: LiveWorld, query: Ec2Query): string | undefined {
  const write = WRITES.get(query.action);
  if (write === undefined) return undefined;
  const before = live.world;
  const answer = write(live, query);
  if (query.text('DryRun') === 'true') {
    live.edit(() => before);
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }
  return xml(`${query.action}Response`, { requestId: 'sandbox', ...answer });
}
