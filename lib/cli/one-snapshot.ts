import { loadConfig } from '#lib/cli/config-file.ts';
import type { AccessOptions } from '#lib/cli/options.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { readSnapshot } from '#lib/cli/snapshot-file.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type Failure, ReadFailure } from '#lib/model/failure.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

export interface OneClusterOptions extends AccessOptions {
  readonly cluster?: string;
  readonly snapshot?: string;
}

/** The cluster, or the Snapshot, that a command is about. Undefined where it could not be read, which stderr then says. */
export async function readOneSnapshot(options: OneClusterOptions, system: System): Promise<Snapshot | undefined> {
  if (options.snapshot && options.cluster) throw new UsageError('--snapshot excludes --cluster');
  return options.snapshot ? readSnapshot(options.snapshot) : readLive(options, system);
}

/** The AWS SDK is loaded only here: replaying a Snapshot does without it. */
async function readLive(options: OneClusterOptions, system: System): Promise<Snapshot | undefined> {
  const { cluster } = options;
  if (cluster === undefined) throw new UsageError('which cluster? Give --cluster NAME or --snapshot FILE');
  const { readClusters } = await import('#lib/cli/read-clusters.ts');
  const wanted = { ...options, cluster: [cluster], concurrency: 1 };
  const { results, failures } = await readClusters(wanted, await loadConfig(options.config), system, (snapshot) => ({
    snapshot,
    outcome: 'read',
  }));
  for (const failure of failures) await reportError(failure, system);
  return results[0]?.snapshot;
}

/** @throws ReadFailure */
export function requireRead<T>(slice: Slice<T>): T {
  if (slice.ok) return slice.data;
  const { code, reason, remedy }: Failure = slice;
  throw new ReadFailure(code, reason, remedy);
}
