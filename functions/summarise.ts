import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { state } from '#lib/config/state.ts';
import { clusterNotSeen } from '#lib/evaluate/cluster-not-seen.ts';
import { unreported } from '#lib/evaluate/unreported.ts';
import { fleetMetrics } from '#lib/publish/fleet-metrics.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { runId } from '#lib/publish/run-keys.ts';
import { getRunResults } from '#lib/publish/run-results.ts';
import { getRunConfig, getTargets, putSummary } from '#lib/publish/run-store.ts';
import { findingsHub } from '#lib/publish/state/findings-hub.ts';
import { publishFleet } from '#lib/publish/state/publish-findings.ts';
import { runExit } from '#lib/publish/state/run-exit.ts';
import { isQuiet } from '#lib/report/document.ts';

const hub = hubFrom(process.env);
const s3 = new S3Client({ region: hub.region });
const cloudwatch = new CloudWatchClient({ region: hub.region });
const findingsWithin = findingsHub(hub);
const leave = runExit(hub);
const logger = new Logger({ serviceName: 'summarise' });
const settings = z.object({ state });
const event = z.object({ runId, unread: z.array(z.object({ region: z.string() })) });

type Summarised =
  | { outcome: 'summarised'; runId: string; key: string; expected: number; reported: number }
  | { outcome: 'invalid-event'; reason: string };

/** Sums up a run: a target without a result stands in the summary as unknown. */
export async function handler(input: unknown): Promise<Summarised> {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { outcome: 'invalid-event', reason: z.prettifyError(parsed.error) };
  const { runId, unread } = parsed.data;
  const bucket = { s3, bucket: hub.bucket, owner: hub.account };
  const now = new Date();
  const targets = await getTargets(bucket, runId);
  const policy = settings.parse(await getRunConfig(bucket, runId)).state;
  const results = await getRunResults(bucket, { runId, targets, keep: (finding) => !isQuiet(finding) });
  const clusters = targets.map((target, index) => {
    const result = results[index] ?? 'it has no result.';
    return typeof result === 'string' ? unreported(target, result, now.toISOString()) : result;
  });
  const reported = results.filter((result) => typeof result !== 'string').length;
  const metrics = fleetMetrics({ clusters, reported, regionsUnread: unread.length }, hub);
  await putMetrics(metrics, { cloudwatch, at: now });
  const key = await putSummary(bucket, runId, { schemaVersion: 1, generatedAt: now.toISOString(), clusters });
  const run = { runId, takenAt: now.toISOString() };
  const seen = targets.map((target, index) => clusterNotSeen(target, reasonOf(results[index])));
  const findings = await publishFleet(seen, run, policy, findingsWithin());
  await putMetrics(findings.metrics, { cloudwatch, at: now });
  await leave(runId);
  logger.info('summarised', { runId, expected: targets.length, reported, unread, findings });
  return { outcome: 'summarised', runId, key, expected: targets.length, reported };
}

/** Why a cluster left no result; undefined where it left one. */
const reasonOf = (result: unknown) => (typeof result === 'string' ? result : undefined);
