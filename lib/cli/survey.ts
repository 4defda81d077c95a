import pLimit from 'p-limit';
import type { ClientsOf } from '#lib/cli/aws.ts';
import { showProgress } from '#lib/cli/progress.ts';
import { Interrupted, type System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { rateCapsByPlace } from '#lib/collect/aws/rate-cap.ts';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import type { CollectSettings } from '#lib/model/collect-settings.ts';
import type { OptInSource } from '#lib/model/collector.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';

export interface SurveyOptions {
  readonly clientsOf: ClientsOf;
  /** Clusters that are read at the same time. */
  readonly concurrency: number;
  readonly deadlineSeconds: number;
  readonly optIn: readonly OptInSource[];
  readonly settings?: CollectSettings;
  /** Enters the cluster by a kubeconfig instead of the EKS endpoint. */
  readonly kubeconfig?: { readonly path?: string; readonly context?: string };
}

/**
 * Reads clusters, some at a time, and hands each Snapshot to `use` as soon as it is there, so that one is held and not all.
 * Results stand in the order of the targets.
 * @throws Interrupted where the run was ended from outside; UsageError where one kubeconfig is to serve several clusters
 */
export async function survey<T extends { readonly outcome: string }>(
  targets: readonly Target[],
  { clientsOf, concurrency, deadlineSeconds, optIn, settings, kubeconfig }: SurveyOptions,
  system: System,
  use: (snapshot: Snapshot) => T | Promise<T>,
): Promise<T[]> {
  if (kubeconfig && targets.length > 1) {
    // Its context names one API server: the findings of all the others would be of the wrong cluster.
    throw new UsageError(
      `--kubeconfig and --context lead to one cluster, and ${targets.length} were found: name one by --cluster`,
    );
  }
  const { signal, now } = system;
  const progress = showProgress(system.stderr, targets.length, now);
  const limit = pLimit(concurrency);
  const rateOf = rateCapsByPlace();
  let read = 0;
  const readOne = async (target: Target): Promise<T> => {
    signal.throwIfAborted();
    const aws = clientsOf(target.region, target.role);
    const label = labelOf(target, targets);
    const snapshot = await collect(target, {
      aws,
      kubernetes: await accessTo(target, aws, kubeconfig),
      deadlineMs: deadlineSeconds * 1000,
      rate: rateOf(target),
      optIn,
      ...(settings && { settings }),
      signal,
      now,
      onProgress: (step) => progress.source(label, step),
    });
    // What was cut off by the interruption looks like failed sources: it is no result.
    signal.throwIfAborted();
    const result = await use(snapshot);
    read += 1;
    progress.done(label, result.outcome);
    return result;
  };
  try {
    return await Promise.all(targets.map((target) => limit(readOne, target)));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(error.signal, `${read} of ${targets.length} clusters had been read, and nothing was reported`);
  } finally {
    await progress.end();
  }
}

/** The name, with what tells it from another cluster of that name. */
function labelOf({ name, account, region, arn }: Target, targets: readonly Target[]): string {
  const namesakes = targets.filter((other) => other.name === name && other.arn !== arn);
  if (namesakes.length === 0) return name;
  return namesakes.some((other) => other.account !== account) ? `${name} (${account}, ${region})` : `${name} (${region})`;
}

async function accessTo(
  target: Target,
  { eks }: ReturnType<ClientsOf>,
  kubeconfig: SurveyOptions['kubeconfig'],
): Promise<CollectOptions['kubernetes']> {
  if (!kubeconfig) return eksAccess({ target, credentials: eks.config.credentials });
  const { kubeconfigAccess } = await import('#lib/collect/kubernetes/kubeconfig-access.ts');
  return kubeconfigAccess(kubeconfig);
}
