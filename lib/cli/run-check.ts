import type { CheckOptions } from '#lib/cli/check.ts';
import { loadConfig } from '#lib/cli/config-file.ts';
import { emitReport } from '#lib/cli/emit-report.ts';
import { fileHistory, historySource } from '#lib/cli/history.ts';
import type { Judged } from '#lib/cli/judged.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { exitCode } from '#lib/cli/run-exit-code.ts';
import { selectChecks } from '#lib/cli/select-checks.ts';
import { readSnapshot } from '#lib/cli/snapshot-file.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type EvaluateOptions, evaluate } from '#lib/evaluate/evaluate.ts';
import type { Assessment } from '#lib/model/assessment.ts';

/** Judges Snapshots or live clusters, reports, publishes where asked, and answers with the exit code. */
export async function runCheckCommand(options: CheckOptions, system: System): Promise<number> {
  requireSense(options);
  const { checks, config } = selectChecks(options, await loadConfig(options.config));
  const { clusters, incomplete } = options.snapshot
    ? await judgeFiles(
        options.snapshot,
        { checks, config, history: await fileHistory(historySource(options.history, 'none')) },
        system,
      )
    : await judgeLive(options, { checks, config }, system);
  if (clusters.length > 0) {
    await emitReport({ schemaVersion: 1, generatedAt: system.now().toISOString(), clusters }, options, system);
  }
  return exitCode(
    clusters.map(({ verdict }) => verdict),
    { failOn: options.failOn, incomplete },
  );
}

function requireSense({ snapshot, cluster, all, publishMetrics, history }: CheckOptions): void {
  if (snapshot && (cluster || all)) throw new UsageError('--snapshot excludes --cluster and --all');
  if (snapshot && publishMetrics) throw new UsageError('--publish-metrics is for live clusters: a Snapshot is of the past');
  if (snapshot && history === 'cloudwatch')
    throw new UsageError('--history cloudwatch is for live clusters: give a history file');
}

/** One file that is no Snapshot never hides the others. */
async function judgeFiles(files: readonly string[], settings: EvaluateOptions, system: System): Promise<Judged> {
  const clusters: Assessment[] = [];
  for (const file of files) {
    try {
      clusters.push(evaluate(await readSnapshot(file), settings));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      await reportError(error, system);
    }
  }
  return { clusters, incomplete: clusters.length < files.length };
}

/** The AWS SDK is loaded only here: replaying a Snapshot does without it. */
async function judgeLive(...given: Parameters<typeof import('#lib/cli/judge-clusters.ts').judgeClusters>): Promise<Judged> {
  const { judgeClusters } = await import('#lib/cli/judge-clusters.ts');
  return judgeClusters(...given);
}
