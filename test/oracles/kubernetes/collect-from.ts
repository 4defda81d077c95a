import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeClusterCommand,
  EKSClient,
  ListAddonsCommand,
  ListInsightsCommand,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { mockClient } from 'aws-sdk-client-mock';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import type { OptInSource } from '#lib/model/collector.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';
import type { EksIdentity } from './eks-authenticator.ts';
import type { KubeApiServer } from './server.ts';

export const TARGET: Target = {
  account: '111122223333',
  region: 'eu-west-1',
  name: 'shop-prod',
  arn: clusterArn('111122223333', 'eu-west-1', 'shop-prod'),
};

/** An IAM role with an access entry whose group is `group`. */
export function identity(name: string, group: string): EksIdentity {
  return {
    accessKeyId: `AKIA${name.toUpperCase()}`,
    secretAccessKey: `secret-of-${name}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/lambda`,
    groups: [group],
  };
}

interface From {
  readonly target?: Target;
  readonly endpoint?: string;
}

/**
 * Collects with an EKS token, from the endpoint that EKS names: the API server, or whatever stands before it.
 * EC2 knows nothing here: only the Kubernetes slices matter.
 */
export function collectFrom(
  api: KubeApiServer,
  credentials: EksIdentity,
  { optIn = [], settings, ...from }: From & Pick<CollectOptions, 'settings'> & { readonly optIn?: readonly OptInSource[] } = {},
): Promise<Snapshot> {
  const { target = TARGET } = from;
  return collect(target, { ...waysInto(api, credentials, from), deadlineMs: 60_000, optIn, ...(settings && { settings }) });
}

/** Clients whose EKS knows this API server as the cluster, and the way into it. */
export function waysInto(
  api: KubeApiServer,
  credentials: EksIdentity,
  { target = TARGET, endpoint = api.server }: From = {},
): Pick<CollectOptions, 'aws' | 'kubernetes'> {
  const region = target.region;
  const eks = new EKSClient({ region, credentials });
  const ec2 = new EC2Client({ region, credentials });
  const cluster = {
    name: target.name,
    arn: target.arn,
    status: 'ACTIVE' as const,
    endpoint,
    certificateAuthority: { data: Buffer.from(api.certificate.cert).toString('base64') },
    resourcesVpcConfig: { vpcId: 'vpc-0', subnetIds: [] },
  };
  mockClient(eks)
    .on(DescribeClusterCommand)
    .resolves({ cluster })
    .on(ListNodegroupsCommand)
    .resolves({ nodegroups: [] })
    .on(ListAddonsCommand)
    .resolves({ addons: [] })
    .on(ListInsightsCommand)
    .resolves({ insights: [] });
  mockClient(ec2).resolves({});
  const autoScaling = new AutoScalingClient({ region, credentials });
  const serviceQuotas = new ServiceQuotasClient({ region, credentials });
  mockClient(autoScaling).resolves({ Activities: [] });
  mockClient(serviceQuotas).resolves({ Quota: { ServiceCode: 'vpc', QuotaCode: 'L-0', QuotaName: 'a quota', Value: 1 } });
  return { aws: { eks, ec2, autoScaling, serviceQuotas }, kubernetes: eksAccess({ target, credentials }) };
}
