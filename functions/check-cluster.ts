import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import { awsClientsByAccount } from '#lib/collect/aws/clients.ts';
import { collect } from '#lib/collect/collect.ts';
import { type ReadOutcome, readOutcome } from '#lib/collect/read-outcome.ts';
import { type Config, configSchema } from '#lib/config/schema.ts';
import { enterTarget } from '#lib/discover/enter-target.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { chosenMetrics } from '#lib/publish/chosen-metrics.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { recall, remember } from '#lib/publish/recall.ts';
import { runId, runTarget } from '#lib/publish/run-keys.ts';
import { getRunConfig, putResult, putSnapshot } from '#lib/publish/run-store.ts';
import { findingsHub } from '#lib/publish/state/findings-hub.ts';
import { publishFindings } from '#lib/publish/state/publish-findings.ts';

const hub = hubFrom(process.env);
const clientsOf = awsClientsByAccount(hub.region);
// What is read is read with the target's credentials; what is written is the hub's.
const { cloudwatch, sts: asHub } = clientsOf(hub.region, hub.role === undefined ? undefined : { arn: hub.role });
const s3 = new S3Client({ region: hub.region, credentials: asHub.config.credentials });
const findingsWithin = findingsHub(hub, asHub.config.credentials);
const logger = new Logger({ serviceName: 'check-cluster' });
const event = z.object({ runId, target: runTarget });

/** Kept back of Lambda's own deadline for evaluating and publishing, and then for answering. Milliseconds. */
const PUBLISH_RESERVE = 20_000;
const ANSWER_RESERVE = 2_000;

type Checked = { outcome: ReadOutcome['outcome']; verdict: Verdict } | { outcome: 'invalid-event'; reason: string };

/** Checks one cluster: what could not be read is unknown in its result, and no error of this function. */
export async function handler(input: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<Checked> {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { outcome: 'invalid-event', reason: z.prettifyError(parsed.error) };
  const { target, runId } = parsed.data;
  const remainingMs = context.getRemainingTimeInMillis();
  const signal = AbortSignal.timeout(Math.max(1, remainingMs - ANSWER_RESERVE));
  const bucket = { s3, bucket: hub.bucket, owner: hub.account, signal };
  const config = configSchema(CHECKS).parse(await getRunConfig(bucket, runId)) as Config;
  const deadlineMs = Math.max(1, Math.min(config.collect.deadlineSeconds * 1000, remainingMs - PUBLISH_RESERVE));
  const entered = enterTarget(target, clientsOf, process.env['AWS_LAMBDA_FUNCTION_NAME']);
  const snapshot = await collect(target, { ...entered, deadlineMs, optIn: config.collect.optIn, settings: config });
  await putSnapshot(bucket, snapshot);
  const recalled = await recall(bucket, snapshot, { checks: CHECKS, cloudwatch, signal });
  const assessment = evaluate(snapshot, { config, history: recalled.history });
  await putResult(bucket, runId, assessment);
  const past = await remember(bucket, snapshot, recalled, assessment.readings);
  const findings = await publishFindings(assessment, { runId, takenAt: snapshot.takenAt }, config.state, findingsWithin(signal));
  const metrics = [...chosenMetrics(assessment.metrics, config.metrics.publish, CHECKS), ...findings.metrics];
  const { rejected } = await putMetrics(metrics, { cloudwatch, at: new Date(snapshot.takenAt), signal });
  const [{ outcome, unread }, { verdict, summary }] = [readOutcome(snapshot), assessment];
  logger.info(outcome, { runId, arn: target.arn, verdict, summary, unread, rejected, past, findings });
  return { outcome, verdict };
}
