import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import { toCluster } from '#lib/collect/aws/cluster.ts';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { required } from '#lib/collect/aws/fields.ts';
import { accessAdvice } from '#lib/collect/kubernetes/access.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import type { EksCluster } from '#lib/model/eks.ts';

/** @throws ReadFailure */
export async function describeCluster(eks: EKSClient, name: string): Promise<EksCluster> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name })).catch((error: unknown) => {
    throw awsFailure(error, { action: 'eks:DescribeCluster' });
  });
  return toCluster(required(cluster, 'cluster'));
}

/** A way into the API server; its connection is the caller's to close. @throws ReadFailure where there is no credential or endpoint */
export async function enterCluster(
  described: EksCluster,
  { kubernetes, signal }: { readonly kubernetes: CollectOptions['kubernetes']; readonly signal: AbortSignal },
): Promise<Cluster> {
  const slice = { ok: true, data: described } as const;
  const access = await kubernetes(slice);
  return { connection: connect(access), advice: accessAdvice(slice, access.server), signal };
}
