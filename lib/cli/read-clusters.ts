import { access, constants } from 'node:fs/promises';
import { type ClientsOf, useProfile } from '#lib/cli/aws.ts';
import { findTargets } from '#lib/cli/find-targets.ts';
import type { ClusterOptions } from '#lib/cli/options.ts';
import { survey } from '#lib/cli/survey.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { homeRegion, isWholeFleet, wantedClusters } from '#lib/cli/wanted-clusters.ts';
import { awsClientsByAccount } from '#lib/collect/aws/clients.ts';
import type { Config } from '#lib/config/config.ts';
import { unmatchedRules } from '#lib/config/unmatched.ts';
import type { ReadFailure } from '#lib/model/failure.ts';
import { plainText } from '#lib/model/plain-text.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

/**
 * Finds the clusters that the options or the fleet of the configuration mean, reads them, and hands each Snapshot to `use`.
 * `clientsOf` is for the effects that follow (publishing): the same clients.
 */
export async function readClusters<T extends { readonly outcome: string }>(
  options: ClusterOptions,
  config: Config,
  system: System,
  use: (snapshot: Snapshot, clientsOf: ClientsOf) => T | Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly failures: readonly ReadFailure[]; readonly clientsOf: ClientsOf }> {
  useProfile(options.profile);
  await requireKubeconfig(options.kubeconfig);
  const wanted = await wantedClusters(options, config);
  const home = await homeRegion(wanted);
  const clientsOf = awsClientsByAccount(home);
  const { targets, failures, warnings } = await unlessInterrupted(findTargets(wanted, { clientsOf, home }), system.signal);
  const whole = isWholeFleet(options) && failures.length === 0;
  for (const warning of [...warnings, ...(whole ? unmatchedRules(config, targets) : [])]) {
    await system.stderr.write(`warning: ${plainText(warning)}\n`);
  }
  const { path, context } = { path: options.kubeconfig, context: options.context };
  const kubeconfig =
    path === undefined && context === undefined ? undefined : { ...(path && { path }), ...(context && { context }) };
  const settings = {
    clientsOf,
    concurrency: options.concurrency,
    deadlineSeconds: options.deadline ?? config.collect.deadlineSeconds,
    optIn: config.collect.optIn,
    settings: config,
    ...(kubeconfig && { kubeconfig }),
  };
  return { results: await survey(targets, settings, system, (snapshot) => use(snapshot, clientsOf)), failures, clientsOf };
}

/** @throws UsageError where the file that was named cannot be read: a typing error, and no fault of a cluster */
async function requireKubeconfig(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the kubeconfig ${file} cannot be read (${error.code})`);
  });
}

/** The work, or the interruption if that comes first: discovery itself takes no signal. */
function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
