import { createHash } from 'node:crypto';
import type { EksIdentity } from '../oracles/kubernetes/eks-authenticator.ts';

/**
 * The session that MiniStack gives a function, for the API server's authenticator: it derives the keys from the ARNs of the function and
 * of its role.
 */
export function functionIdentity({
  functionArn,
  roleArn,
  groups,
}: {
  functionArn: string;
  roleArn: string;
  groups: readonly string[];
}): EksIdentity {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const digest = sha256(`${functionArn}:${roleArn}`);
  const [account, role] = [roleArn.split(':')[4], roleArn.split('/').at(-1)];
  return {
    accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
    secretAccessKey: sha256(`secret:${digest}`),
    sessionToken: sha256(`token:${digest}`),
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${functionArn.split(':').at(-1)}`,
    groups,
  };
}
