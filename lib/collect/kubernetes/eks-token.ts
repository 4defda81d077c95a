import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';

/**
 * Milliseconds that a token is used. EKS takes it for 15 minutes from its date, whatever X-Amz-Expires says.
 * Source: aws-iam-authenticator, pkg/token/token.go.
 */
export const TOKEN_LIFETIME = 14 * 60_000;

/**
 * The bearer token that EKS takes: `k8s-aws-v1.` and the base64url of a presigned STS GetCallerIdentity, which names the cluster in a
 * signed header. Nothing is sent to STS here; EKS's authenticator does that.
 * Only the parameters that the authenticator allows may be in it: no user agent, no `x-id`, no content hash.
 * Source: aws-iam-authenticator, pkg/token/token.go.
 */
export async function eksToken(options: {
  region: string;
  clusterName: string;
  credentials: AwsCredentialIdentity;
  now?: Date;
}): Promise<string> {
  const { region, clusterName, credentials, now } = options;
  const hostname = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const presigned = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      headers: { host: hostname, 'x-k8s-aws-id': clusterName },
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    },
    { expiresIn: 60, ...(now === undefined ? {} : { signingDate: now }) },
  );
  const query = Object.entries(presigned.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query.join('&')}`).toString('base64url')}`;
}
