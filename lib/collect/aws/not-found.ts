import { ReadFailure } from '#lib/model/failure.ts';
import type { Target } from '#lib/model/target.ts';

/** For `.catch`: EKS answers ResourceNotFoundException for a cluster that is not in this account and Region. */
export function notFound({ name, account, region }: Target): (error: unknown) => never {
  return (error) => {
    if (!isGone(error)) throw error;
    throw new ReadFailure(
      'ClusterNotFound',
      `There is no EKS cluster ${name} in account ${account}, ${region}.`,
      'Check the name, the Region and the account of the credentials; `aws eks list-clusters` shows what is there.',
      { cause: error },
    );
  };
}

/** Whether EKS said that the thing asked for does not exist (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof ReadFailure && (error.cause as { name?: unknown } | undefined)?.name === 'ResourceNotFoundException';
}
