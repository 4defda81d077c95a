import { CHECKS } from '#lib/checks/index.ts';
import { historySource } from '#lib/cli/history.ts';
import { livePast } from '#lib/cli/live-past.ts';
import { readClusters } from '#lib/cli/read-clusters.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import type { System } from '#lib/cli/system.ts';
import type { TriageOptions } from '#lib/cli/triage.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type EvaluateOptions, evaluate } from '#lib/evaluate/evaluate.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';

export interface Judged {
  readonly snapshot: Snapshot;
  readonly assessment: Assessment;
}

/** Reads the cluster that is meant and judges it as `check` does. Undefined where it could not be read, which stderr then says. */
export async function judgeLiveCluster(
  options: TriageOptions,
  settings: EvaluateOptions,
  system: System,
): Promise<Judged | undefined> {
  const { cluster, history } = options;
  if (cluster === undefined) throw new UsageError('which cluster? Give --cluster NAME or --snapshot FILE');
  const past = await livePast(historySource(history, 'cloudwatch'), settings.checks ?? CHECKS, system.signal);
  const wanted = { ...options, cluster: [cluster], concurrency: 1 };
  const { results, failures } = await readClusters(wanted, settings.config, system, async (snapshot, clientsOf) => {
    const { cloudwatch } = clientsOf(options.region ?? snapshot.target.region);
    const assessment = evaluate(snapshot, { ...settings, history: await past.of(snapshot, cloudwatch) });
    return { snapshot, assessment, outcome: assessment.verdict };
  });
  for (const problem of past.problems) await system.stderr.write(`no forecasts: ${problem}\n`);
  for (const failure of failures) await reportError(failure, system);
  return results[0];
}
