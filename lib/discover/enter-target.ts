import type { ClientsByAccount } from '#lib/collect/aws/account-clients.ts';
import type { AwsClients } from '#lib/collect/aws/clients.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import { roleFrom } from '#lib/discover/runner.ts';
import type { Target } from '#lib/model/target.ts';

/** How a function reads one cluster: as the target's account, and by a token of the same credentials. `functionName` as for `roleFrom`. */
export function enterTarget(
  target: Target,
  clientsOf: ClientsByAccount<AwsClients>,
  functionName: string | undefined,
): Pick<CollectOptions, 'aws' | 'kubernetes'> {
  const aws = clientsOf(target.region, roleFrom(target, functionName));
  return { aws, kubernetes: eksAccess({ target, credentials: aws.eks.config.credentials }) };
}
