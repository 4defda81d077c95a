import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import type { KubernetesAccess } from '#lib/collect/kubernetes/access.ts';
import { eksToken, TOKEN_LIFETIME } from '#lib/collect/kubernetes/eks-token.ts';
import { need } from '#lib/collect/needs.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Target } from '#lib/model/target.ts';

/** Enters a cluster by its EKS endpoint, with a token of these credentials. Throws InputMissing where EKS names no endpoint. */
export function eksAccess(options: {
  target: Target;
  credentials: AwsCredentialIdentityProvider | AwsCredentialIdentity;
  now?: () => Date;
}): (cluster: Slice<EksCluster>) => Promise<KubernetesAccess> {
  return async (cluster) => {
    const { endpoint, certificateAuthorityData, status } = need(cluster, 'cluster');
    if (endpoint === undefined) {
      throw new ReadFailure(
        'InputMissing',
        `EKS names no endpoint for cluster ${options.target.name}, whose status is ${status}.`,
        'Wait until the cluster is ACTIVE; a cluster that failed to be made has no API server.',
      );
    }
    const ca = certificateAuthorityData === undefined ? undefined : Buffer.from(certificateAuthorityData, 'base64');
    return { server: endpoint, tls: ca === undefined ? {} : { ca }, authorization: bearer(options) };
  };
}

/** Makes a token when one is needed and keeps it while it lasts; concurrent requests share it. */
function bearer({ target, credentials, now = () => new Date() }: Parameters<typeof eksAccess>[0]): () => Promise<string> {
  let current: { header: Promise<string>; until: number } | undefined;
  return () => {
    const at = now();
    if (current === undefined || at.getTime() >= current.until) {
      const header = signed(target, credentials, at);
      current = { header, until: at.getTime() + TOKEN_LIFETIME };
      // A failed one is not kept: the next request asks the credentials again.
      header.catch(() => {
        current = undefined;
      });
    }
    return current.header;
  };
}

async function signed(
  { region, name }: Target,
  credentials: AwsCredentialIdentityProvider | AwsCredentialIdentity,
  now: Date,
): Promise<string> {
  try {
    const identity = typeof credentials === 'function' ? await credentials() : credentials;
    return `Bearer ${await eksToken({ region, clusterName: name, credentials: identity, now })}`;
  } catch (error) {
    throw awsFailure(error, { action: 'the EKS token', region });
  }
}
