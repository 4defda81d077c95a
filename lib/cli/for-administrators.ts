import { ReadFailure } from '#lib/model/failure.ts';

/** Whoever onboards is no reader: what a reader would be advised to do where the API server refuses it is of no use here. */
export function forAdministrators(error: unknown): unknown {
  if (!(error instanceof ReadFailure)) return error;
  if (error.code !== 'Forbidden' || !/ cannot \w+ resource /.test(error.message)) return error;
  const remedy =
    'Use credentials that administer the cluster (AmazonEKSClusterAdminPolicy, cluster-admin): --profile, or --kubeconfig and --context.';
  return new ReadFailure(error.code, error.message, remedy, { cause: error });
}

/** The same, of work that rejects. */
export async function byAdministrators<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw forAdministrators(error);
  }
}
