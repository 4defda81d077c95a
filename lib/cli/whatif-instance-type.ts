import { UsageError } from '#lib/cli/usage-error.ts';
import type { AwsClients } from '#lib/collect/aws/clients.ts';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { describeInstanceTypes } from '#lib/collect/aws/instance-types.ts';
import { everyPage } from '#lib/collect/aws/pages.ts';
import type { InstanceType } from '#lib/model/ec2.ts';

/** A type that no node of the cluster has. @throws ReadFailure; UsageError where the Region does not have it */
export async function readInstanceType(name: string, { ec2 }: Pick<AwsClients, 'ec2'>, region: string): Promise<InstanceType> {
  const [type] = await describeInstanceTypes([name], { ec2: ec2.send.bind(ec2), everyPage }).catch((error: unknown) => {
    throw awsFailure(error, { action: 'ec2:DescribeInstanceTypes', region });
  });
  if (type === undefined) throw new UsageError(`EC2 has no instance type ${name} in ${region}`);
  return type;
}
