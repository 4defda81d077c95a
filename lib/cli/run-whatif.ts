import { loadConfig } from '#lib/cli/config-file.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { readSnapshot } from '#lib/cli/snapshot-file.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { WhatIfOptions } from '#lib/cli/whatif.ts';
import { changeOf } from '#lib/cli/whatif-change.ts';
import { type WhatIfDocument, whatIfDocument } from '#lib/cli/whatif-document.ts';
import { whatIfText } from '#lib/cli/whatif-text.ts';
import type { InstanceType } from '#lib/model/ec2.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

/** Reads a cluster or a Snapshot, asks the question, and answers with the exit code. */
export async function runWhatIfCommand(options: WhatIfOptions, system: System): Promise<number> {
  if (options.snapshot && options.cluster) throw new UsageError('--snapshot excludes --cluster');
  const snapshot = options.snapshot ? await replayed(options.snapshot, options) : await readLive(options, system);
  if (snapshot === undefined) return EXIT.unknown;
  const document = whatIfDocument(snapshot, changeOf(options, snapshot.slices), system.now());
  const text =
    options.output === 'json'
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : whatIfText(document, system.stdout.columns ?? 100);
  await system.stdout.write(text);
  return exitCodeOf(document);
}

function exitCodeOf({ verdict }: WhatIfDocument): number {
  return verdict === 'fits' ? EXIT.ok : verdict === 'runs-out' ? EXIT.warning : EXIT.unknown;
}

/** @throws UsageError where the question is about a type that was not captured */
async function replayed(file: string, { instanceType }: WhatIfOptions): Promise<Snapshot> {
  const snapshot = await readSnapshot(file);
  const known = dataOf(snapshot.slices.instanceTypes)?.map((type) => type.instanceType);
  if (instanceType === undefined || known === undefined || known.includes(instanceType)) return snapshot;
  throw new UsageError(
    `the Snapshot ${file} holds the limits of ${known.join(', ') || 'no type'} and not of ${instanceType}: ask the live cluster by --cluster, which reads them from EC2`,
  );
}

/** The AWS SDK is loaded only here: replaying a Snapshot does without it. */
async function readLive(options: WhatIfOptions, system: System): Promise<Snapshot | undefined> {
  const { cluster, instanceType } = options;
  if (cluster === undefined) throw new UsageError('which cluster? Give --cluster NAME or --snapshot FILE');
  const { readClusters } = await import('#lib/cli/read-clusters.ts');
  const wanted = { ...options, cluster: [cluster], concurrency: 1 };
  const { results, failures, clientsOf } = await readClusters(wanted, await loadConfig(options.config), system, (snapshot) => ({
    snapshot,
    outcome: 'read',
  }));
  for (const failure of failures) await reportError(failure, system);
  const snapshot = results[0]?.snapshot;
  const types = snapshot?.slices.instanceTypes;
  if (snapshot === undefined || instanceType === undefined || !types?.ok) return snapshot;
  if (types.data.some((type) => type.instanceType === instanceType)) return snapshot;
  const { readInstanceType } = await import('#lib/cli/whatif-instance-type.ts');
  return withType(
    snapshot,
    types.data,
    await readInstanceType(instanceType, clientsOf(snapshot.target.region), snapshot.target.region),
  );
}

function withType(snapshot: Snapshot, types: readonly InstanceType[], type: InstanceType): Snapshot {
  return { ...snapshot, slices: { ...snapshot.slices, instanceTypes: { ok: true, data: [...types, type] } } };
}
