import type { CaptureOptions } from '#lib/cli/capture.ts';
import { loadConfig } from '#lib/cli/config-file.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { readClusters } from '#lib/cli/read-clusters.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { writeSnapshot } from '#lib/cli/snapshot-file.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

/** Reads clusters into files, a file each, and says on stderr what is in them. */
export async function runCaptureCommand(options: CaptureOptions, system: System): Promise<number> {
  const config = await loadConfig(options.config);
  const written = new Set<string>();
  const { results, failures } = await readClusters(options, config, system, async (snapshot) => {
    const file = options.outFile ?? `${snapshot.target.name}.json.gz`;
    if (written.has(file)) {
      throw new UsageError(
        `several clusters would be written to ${file}: capture one Region at a time, and leave --out-file away`,
      );
    }
    written.add(file);
    const bytes = await writeSnapshot(file, snapshot);
    return { summary: summaryOf(snapshot, file, bytes), complete: isComplete(snapshot), outcome: `written to ${file}` };
  });
  for (const { summary } of results) await system.stderr.write(summary);
  for (const failure of failures) await reportError(failure, system);
  return failures.length === 0 && results.every(({ complete }) => complete) ? EXIT.ok : EXIT.unknown;
}

const isComplete = ({ collectors }: Snapshot): boolean => collectors.every(({ ok }) => ok);

/** What was read, and what was not with the reason and what to do. */
function summaryOf({ target, slices, collectors }: Snapshot, file: string, bytes: number): string {
  const counts = Object.entries(slices)
    .filter(([, slice]) => slice.ok && Array.isArray(slice.data) && slice.data.length > 0)
    .map(([key, slice]) => `${slice.ok && Array.isArray(slice.data) ? slice.data.length : 0} ${key}`);
  const failed = collectors.filter(({ ok }) => !ok);
  return [
    `${target.name} in ${target.region}: ${file}, ${Math.ceil(bytes / 1024)} KiB: ${counts.join(', ')}`,
    ...failed.map(({ id, reason = '', remedy = '' }) => `  not read: ${id}: ${reason} ${remedy}`),
    '',
  ].join('\n');
}
