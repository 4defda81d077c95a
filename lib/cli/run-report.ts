import * as path from 'node:path';
import { useProfile } from '#lib/cli/aws.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import type { ReportOptions } from '#lib/cli/report.ts';
import { folderRuns } from '#lib/cli/report-folder.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { writeFileAtomically } from '#lib/cli/write-file.ts';
import type { RunSource } from '#lib/report/fleet/gather-runs.ts';
import { headlineOf } from '#lib/report/fleet/headline.ts';
import { makeReport } from '#lib/report/fleet/make-report.ts';
import { reportFiles } from '#lib/report/fleet/report-files.ts';
import { type Period, periodBefore } from '#lib/report/fleet/report-period.ts';

const FILES = { markdown: 'fleet.md', html: 'index.html', json: 'fleet.json', csv: 'fleet.csv' } as const;

/** Makes a report by hand, and answers with the exit code. @throws UsageError, ReadFailure, OutputUnwritable */
export async function runReportCommand(options: ReportOptions, system: System): Promise<number> {
  const { kind, timezone, outDir, output } = options;
  const period = periodOf(options, system.now());
  const source = await sourceOf(options, system);
  const statesOf = async () => ({ states: new Map(), notes: [] });
  const report = await makeReport({ kind, timezone, period, source, statesOf, now: system.now() });
  const files = reportFiles(report);
  if (outDir === undefined) await system.stdout.write(files.find(({ name }) => name === FILES[output])?.text ?? '');
  else {
    for (const { name, text } of files) await writeFileAtomically(path.join(outDir, name), text);
    const { title, summary } = headlineOf(report);
    await system.stderr.write(`${[title, ...summary, `written: ${path.join(outDir, 'index.html')}`].join('\n')}\n`);
  }
  return report.latest === undefined ? EXIT.unknown : EXIT.ok;
}

function periodOf({ kind, timezone, from, to }: ReportOptions, now: Date): Period {
  const usual = periodBefore(kind, timezone, to ?? now.toISOString());
  const period = { from: from ?? usual.from, to: usual.to };
  if (period.from >= period.to) throw new UsageError(`--from ${period.from} is not before --to ${period.to}`);
  return period;
}

/** The AWS SDK is loaded only for a bucket. */
async function sourceOf({ bucket, dir, region, profile }: ReportOptions, { signal }: System): Promise<RunSource> {
  if ((bucket === undefined) === (dir === undefined)) throw new UsageError('whose runs? Give --bucket NAME or --dir FOLDER');
  if (dir !== undefined) return folderRuns(dir);
  useProfile(profile);
  const { bucketRuns } = await import('#lib/cli/report-bucket.ts');
  return bucketRuns(bucket ?? '', region, signal);
}
