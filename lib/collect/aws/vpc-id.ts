import { need } from '#lib/collect/needs.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Slice } from '#lib/model/slice.ts';

/** @throws ReadFailure InputMissing where the cluster could not be read, or names no VPC */
export function vpcId(cluster: Slice<EksCluster>): string {
  const { vpcId: id, name } = need(cluster, 'cluster');
  if (id !== undefined) return id;
  throw new ReadFailure(
    'InputMissing',
    `EKS names no VPC for cluster ${name}, and its subnets did not tell either.`,
    'Allow ec2:DescribeSubnets; a cluster registered from outside AWS has no VPC to check.',
  );
}
