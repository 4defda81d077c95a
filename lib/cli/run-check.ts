import { resolveRegion } from '#lib/cli/aws.ts';
import type { CheckOptions } from '#lib/cli/check.ts';
import { loadConfig } from '#lib/cli/config-file.ts';
import { emitReport } from '#lib/cli/emit-report.ts';
import { exitCode } from '#lib/cli/exit-code.ts';
import { readClusters } from '#lib/cli/read-clusters.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { selectChecks } from '#lib/cli/select-checks.ts';
import { readSnapshot } from '#lib/cli/snapshot-file.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { Config } from '#lib/config/config.ts';
import { type EvaluateOptions, evaluate } from '#lib/evaluate/evaluate.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

interface Judged {
  readonly clusters: readonly Assessment[];
  /** Something that was asked for was not looked at. */
  readonly incomplete: boolean;
}

/** Judges Snapshots or live clusters, reports, publishes where asked, and answers with the exit code. */
export async function runCheckCommand(options: CheckOptions, system: System): Promise<number> {
  requireSense(options);
  const { checks, config } = selectChecks(options, await loadConfig(options.config));
  const { clusters, incomplete } = options.snapshot
    ? await judgeFiles(options.snapshot, { checks, config }, system)
    : await judgeClusters(options, { checks, config }, system);
  if (clusters.length > 0) {
    await emitReport({ schemaVersion: 1, generatedAt: system.now().toISOString(), clusters }, options, system);
  }
  return exitCode(
    clusters.map(({ verdict }) => verdict),
    { failOn: options.failOn, incomplete },
  );
}

function requireSense({ snapshot, cluster, all, publishMetrics }: CheckOptions): void {
  if (snapshot && (cluster || all)) throw new UsageError('--snapshot excludes --cluster and --all');
  if (snapshot && publishMetrics) throw new UsageError('--publish-metrics is for live clusters: a Snapshot is of the past');
}

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

async function judgeClusters(
  options: CheckOptions,
  settings: EvaluateOptions & { readonly config: Config },
  system: System,
): Promise<Judged> {
  const { results, failures, clientsOf } = await readClusters(options, settings.config, system, (snapshot) => {
    const assessment = evaluate(snapshot, settings);
    return { assessment, outcome: `${assessment.verdict}, ${readText(snapshot)}` };
  });
  for (const failure of failures) await reportError(failure, system);
  const clusters = results.map(({ assessment }) => assessment);
  const [first] = clusters;
  const published =
    options.publishMetrics && first
      ? await publish(clusters, clientsOf(await resolveRegion(options.region).catch(() => first.region)), system)
      : true;
  return { clusters, incomplete: failures.length > 0 || !published };
}

/** `all 24 sources read`, or which were not. */
export function readText({ collectors }: Pick<Snapshot, 'collectors'>): string {
  const failed = collectors.filter(({ ok }) => !ok).map(({ id }) => id);
  return failed.length === 0
    ? `all ${collectors.length} sources read`
    : `${failed.length} of ${collectors.length} sources not read: ${failed.join(', ')}`;
}

/** Whether every metric was taken; what went wrong goes to stderr, and the report still comes. */
async function publish(
  clusters: readonly Assessment[],
  clients: Parameters<typeof import('#lib/cli/publish-metrics.ts').publishMetrics>[1],
  system: System,
): Promise<boolean> {
  const { publishMetrics } = await import('#lib/cli/publish-metrics.ts');
  try {
    const { published, refused } = await publishMetrics(clusters, clients, system.now(), system.signal);
    await system.stderr.write(`${published} metrics published\n`);
    for (const reason of refused) await system.stderr.write(`error: not published: ${reason}\n`);
    return refused.length === 0;
  } catch (error) {
    system.signal.throwIfAborted();
    await reportError(error, system);
    return false;
  }
}
