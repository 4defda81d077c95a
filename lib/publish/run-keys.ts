import * as z from 'zod';
import { type Target, target } from '#lib/model/target.ts';

/**
 * Where a run's objects stand in cniwatch's bucket:
 *
 *   config/cniwatch.yaml                                        the configuration, where there is one
 *   runs/<runId>/config.json                                    the configuration that all of this run goes by, defaults filled in
 *   runs/<runId>/targets.json                                   Target[]: what the Distributed Map reads
 *   runs/<runId>/results/<account>/<region>/<name>.json         one cluster's Assessment
 *   runs/<runId>/summary.json                                   the fleet's AssessmentDocument, less its ok findings
 *   history/<account>/<region>/<name>.json.gz                   the cluster's readings of four weeks, rewritten by every run
 *   snapshots/<account>/<region>/<name>/<takenAt>.json.gz       what collect saw
 *
 * A cluster's name holds letters, digits, hyphens and underscores (EKS API reference, CreateCluster), so no key needs escaping.
 */
export const CONFIG_KEY = 'config/cniwatch.yaml';

export function runConfigKey(runId: string): string {
  return `runs/${runId}/config.json`;
}

export function targetsKey(runId: string): string {
  return `runs/${runId}/targets.json`;
}

export function resultsPrefix(runId: string): string {
  return `runs/${runId}/results/`;
}

export function resultKey(runId: string, target: Target): string {
  return `${resultsPrefix(runId)}${target.account}/${target.region}/${target.name}.json`;
}

export function summaryKey(runId: string): string {
  return `runs/${runId}/summary.json`;
}

/** `takenAt` without its colons, which some S3 tools misread: `2026-11-24T080000.000Z`. Keys of a cluster sort by time. */
export function snapshotKey(target: Target, takenAt: string): string {
  return `snapshots/${target.account}/${target.region}/${target.name}/${takenAt.replaceAll(':', '')}.json.gz`;
}

export function historyKey({ account, region, name }: Target): string {
  return `history/${account}/${region}/${name}.json.gz`;
}

/** One run: the start and the name of its execution. Part of keys, so it holds nothing that S3 or a path would read otherwise. */
export const runId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, 'not the id of a run');

/** A target whose parts may stand in a key. */
export const runTarget = target.extend({
  account: z.string().regex(/^\d{12}$/, 'not an AWS account'),
  region: z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'not an AWS Region'),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'not the name of an EKS cluster'),
});
