import { CHECKS } from '#lib/checks/index.ts';
import { resolveRegion } from '#lib/cli/aws.ts';
import type { CheckOptions } from '#lib/cli/check.ts';
import { historySource } from '#lib/cli/history.ts';
import type { Judged } from '#lib/cli/judged.ts';
import { livePast } from '#lib/cli/live-past.ts';
import { publishMetrics } from '#lib/cli/publish-metrics.ts';
import { readClusters } from '#lib/cli/read-clusters.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import type { System } from '#lib/cli/system.ts';
import { type EvaluateOptions, evaluate } from '#lib/evaluate/evaluate.ts';
import type { Metric } from '#lib/model/metric.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { chosenMetrics } from '#lib/publish/chosen-metrics.ts';

/** Reads the clusters that the options mean, judges each as soon as it is read, and publishes their metrics where asked. */
export async function judgeClusters(options: CheckOptions, settings: EvaluateOptions, system: System): Promise<Judged> {
  const past = await livePast(historySource(options.history, 'cloudwatch'), settings.checks ?? CHECKS, system.signal);
  const { results, failures, clientsOf } = await readClusters(options, settings.config, system, async (snapshot, clients) => {
    const { cloudwatch } = clients(options.region ?? snapshot.target.region);
    const assessment = evaluate(snapshot, { ...settings, history: await past.of(snapshot, cloudwatch) });
    return { assessment, outcome: `${assessment.verdict}, ${readText(snapshot)}` };
  });
  for (const problem of past.problems) await system.stderr.write(`no forecasts: ${problem}\n`);
  for (const failure of failures) await reportError(failure, system);
  const clusters = results.map(({ assessment }) => assessment);
  const [first] = clusters;
  if (!options.publishMetrics || !first) return { clusters, incomplete: failures.length > 0 };
  const region = await resolveRegion(options.region).catch(() => first.region);
  const { publish: choice } = settings.config.metrics;
  const chosen = clusters.flatMap(({ metrics }) => chosenMetrics(metrics, choice, settings.checks ?? CHECKS));
  const published = await publish(chosen, clientsOf(region), system);
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
  metrics: readonly Metric[],
  clients: Parameters<typeof publishMetrics>[1],
  system: System,
): Promise<boolean> {
  try {
    const { published, refused } = await publishMetrics(metrics, clients, system.now(), system.signal);
    await system.stderr.write(`${published} metrics published\n`);
    for (const reason of refused) await system.stderr.write(`error: not published: ${reason}\n`);
    return refused.length === 0;
  } catch (error) {
    system.signal.throwIfAborted();
    await reportError(error, system);
    return false;
  }
}
