import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';
import { type Assessment, type AssessmentDocument, assessment } from '#lib/model/assessment.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { type Target, target } from '#lib/model/target.ts';
import { type Bucket, getText, listKeys, putObject } from '#lib/publish/bucket.ts';
import {
  CONFIG_KEY,
  resultKey,
  resultsPrefix,
  runConfigKey,
  snapshotKey,
  summaryKey,
  targetsKey,
} from '#lib/publish/run-keys.ts';

const MIB = 2 ** 20;
const JSON_TYPE = 'application/json';

/**
 * Reading a configuration that need not be there takes s3:ListBucket without a condition: S3 answers 404 for a missing key only to
 * those who may list, and 403 otherwise, which must not pass for "no configuration". Source: S3 API reference, GetObject.
 */
export const CONFIG_PERMISSIONS: Permissions = {
  aws: [
    { action: 's3:GetObject', resource: `bucket/${CONFIG_KEY}` },
    { action: 's3:ListBucket', resource: 'bucket' },
  ],
  kubernetes: [],
};
export const TARGETS_PERMISSIONS: Permissions = {
  aws: [
    { action: 's3:PutObject', resource: `bucket/${runConfigKey('*')}` },
    { action: 's3:PutObject', resource: `bucket/${targetsKey('*')}` },
  ],
  kubernetes: [],
};
export const RESULT_PERMISSIONS: Permissions = {
  aws: [
    { action: 's3:GetObject', resource: `bucket/${runConfigKey('*')}` },
    { action: 's3:PutObject', resource: `bucket/${resultsPrefix('*')}*` },
    { action: 's3:PutObject', resource: 'bucket/snapshots/*' },
  ],
  kubernetes: [],
};
export const SUMMARY_PERMISSIONS: Permissions = {
  aws: [
    { action: 's3:ListBucket', resource: 'bucket', conditions: { 's3:prefix': resultsPrefix('*') } },
    { action: 's3:GetObject', resource: `bucket/${runConfigKey('*')}` },
    { action: 's3:GetObject', resource: `bucket/${targetsKey('*')}` },
    { action: 's3:GetObject', resource: `bucket/${resultsPrefix('*')}*` },
    { action: 's3:PutObject', resource: `bucket/${summaryKey('*')}` },
  ],
  kubernetes: [],
};

/** The text of the bucket's cniwatch.yaml; undefined where there is none. */
export function getConfigText(at: Bucket): Promise<string | undefined> {
  return getText(at, CONFIG_KEY, MIB);
}

/** Discover settles the configuration once, so that every cluster of a run is judged alike. `config` is plain JSON. */
export async function putRunConfig(at: Bucket, runId: string, config: unknown): Promise<void> {
  await putObject(at, runConfigKey(runId), JSON.stringify(config), JSON_TYPE);
}

/** The run's configuration as JSON, for its schema. @throws Error where the run has none */
export async function getRunConfig(at: Bucket, runId: string): Promise<unknown> {
  return JSON.parse(await getOfRun(at, runId, runConfigKey(runId), MIB));
}

/** @returns the key that was written */
export async function putTargets(at: Bucket, runId: string, targets: readonly Target[]): Promise<string> {
  const key = targetsKey(runId);
  await putObject(at, key, JSON.stringify(targets), JSON_TYPE);
  return key;
}

/**
 * By account, Region and name, in whatever order they were checked.
 * @throws Error where the run has no readable list of targets: then nothing can be said of it
 */
export async function getTargets(at: Bucket, runId: string): Promise<readonly Target[]> {
  const targets = z.array(target).parse(JSON.parse(await getOfRun(at, runId, targetsKey(runId), 16 * MIB)));
  return targets.toSorted((a, b) => (resultKey(runId, a) < resultKey(runId, b) ? -1 : 1));
}

/** What discover writes before anything else of a run starts. */
async function getOfRun(at: Bucket, runId: string, key: string, limit: number): Promise<string> {
  const text = await getText(at, key, limit);
  if (text === undefined) throw new Error(`run ${runId} has no ${key}: did discover finish?`);
  return text;
}

/** @returns the key that was written */
export async function putSnapshot(at: Bucket, snapshot: Snapshot): Promise<string> {
  const key = snapshotKey(snapshot.target, snapshot.takenAt);
  await putObject(at, key, await promisify(gzip)(JSON.stringify(snapshot)), 'application/gzip');
  return key;
}

export async function putResult(at: Bucket, runId: string, result: Assessment): Promise<void> {
  await putObject(at, resultKey(runId, result), JSON.stringify(result), JSON_TYPE);
}

/** The keys of a run's results, for `getResult`. */
export function listResults(at: Bucket, runId: string): Promise<readonly string[]> {
  return listKeys(at, resultsPrefix(runId));
}

/** A result that is gone, or is no Assessment of this version: its cluster counts as not reported. */
export class ResultUnreadable extends Error {
  override readonly name = 'ResultUnreadable';
}

/** @throws ResultUnreadable; whatever the client throws */
export async function getResult(at: Bucket, key: string): Promise<Assessment> {
  const text = await getText(at, key, 64 * MIB);
  if (text === undefined) throw new ResultUnreadable(`${key} is not there.`);
  try {
    return assessment.parse(JSON.parse(text)) as Assessment;
  } catch (cause) {
    throw new ResultUnreadable(`${key} is no result of this version of cniwatch.`, { cause });
  }
}

/** @returns the key that was written */
export async function putSummary(at: Bucket, runId: string, document: AssessmentDocument): Promise<string> {
  const key = summaryKey(runId);
  await putObject(at, key, JSON.stringify(document), JSON_TYPE);
  return key;
}
