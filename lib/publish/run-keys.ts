import type { Target } from '#lib/model/target.ts';

/**
 * Where a run's objects stand in cniwatch's bucket:
 *
 *   config/cniwatch.yaml                                        the configuration, where there is one
 *   runs/<runId>/targets.json                                   Target[]: what the Distributed Map reads
 *   runs/<runId>/results/<account>/<region>/<name>.json         one cluster's Assessment
 *   runs/<runId>/summary.json                                   the fleet's AssessmentDocument, less its ok findings
 *   snapshots/<account>/<region>/<name>/<takenAt>.json.gz       what collect saw
 *
 * A cluster's name holds letters, digits, hyphens and underscores (EKS API reference, CreateCluster), so no key needs escaping.
 */
export const CONFIG_KEY = 'config/cniwatch.yaml';

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
