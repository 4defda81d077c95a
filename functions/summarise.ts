import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import * as z from 'zod';
import { unreported } from '#lib/evaluate/unreported.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { fleetMetrics } from '#lib/publish/fleet-metrics.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { resultKey, runId } from '#lib/publish/run-keys.ts';
import { getResult, getTargets, listResults, putSummary, ResultUnreadable } from '#lib/publish/run-store.ts';
import { isQuiet } from '#lib/report/document.ts';

const hub = hubFrom(process.env);
const s3 = new S3Client({ region: hub.region });
const cloudwatch = new CloudWatchClient({ region: hub.region });
const logger = new Logger({ serviceName: 'summarise' });
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
  const keys = new Set(await listResults(bucket, runId));
  const limit = pLimit(16);
  const results = await Promise.all(targets.map((target) => limit(() => resultOf(bucket, resultKey(runId, target), keys))));
  const clusters = targets.map((target, index) => {
    const result = results[index] ?? 'it has no result.';
    return typeof result === 'string' ? unreported(target, result, now.toISOString()) : result;
  });
  const reported = results.filter((result) => typeof result !== 'string').length;
  const metrics = fleetMetrics({ clusters, reported, regionsUnread: unread.length }, hub);
  await putMetrics(metrics, { cloudwatch, at: now });
  const key = await putSummary(bucket, runId, { schemaVersion: 1, generatedAt: now.toISOString(), clusters });
  logger.info('summarised', { runId, expected: targets.length, reported, unread });
  return { outcome: 'summarised', runId, key, expected: targets.length, reported };
}

/** A cluster's Assessment with its problems only, suppressed ones too, or why there is none. */
async function resultOf(bucket: Bucket, key: string, keys: ReadonlySet<string>): Promise<Assessment | string> {
  if (!keys.has(key)) return `there is no ${key}; the execution of its check-cluster says why.`;
  try {
    const result = await getResult(bucket, key);
    return { ...result, findings: result.findings.filter((finding) => !isQuiet(finding)) };
  } catch (error) {
    if (error instanceof ResultUnreadable) return error.message;
    throw error;
  }
}
