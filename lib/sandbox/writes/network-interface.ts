import type { NetworkInterface } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import { demanded, type Ec2Write } from '#lib/sandbox/writes/ec2-write.ts';

/** @throws AwsError InvalidNetworkInterfaceID.NotFound */
export function interfaceOf({ world }: LiveWorld, id: string): NetworkInterface {
  const found = world.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === id);
  if (found === undefined)
    throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  return found;
}

/**
 * Only an interface that is detached can be deleted, and only by whoever manages it.
 * Source: Amazon EC2 API Reference, DeleteNetworkInterface, and "Error codes".
 */
export const deleteNetworkInterface: Ec2Write = (live, query) => {
  const eni = interfaceOf(live, demanded(query, 'NetworkInterfaceId'));
  const { networkInterfaceId: id } = eni;
  if (eni.status !== 'available' || eni.attachment !== undefined)
    throw new AwsError('InvalidParameterValue', `Network interface '${id}' is currently in use.`);
  if (eni.requesterManaged)
    throw new AwsError('OperationNotPermitted', `The network interface '${id}' is managed by an AWS service.`);
  live.edit(({ networkInterfaces }) => ({ networkInterfaces: networkInterfaces.filter((each) => each !== eni) }));
  return { return: true };
};
