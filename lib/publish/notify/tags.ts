import type { ClusterTags } from '#lib/model/target-match.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { runId } from '#lib/publish/run-keys.ts';
import { getTargets } from '#lib/publish/run-store.ts';

/** Events of one run come together: its targets are read once. */
const RUNS_KEPT = 4;

/** Tags of clusters as discover found them for a run; undefined where that did not ask, or the run is gone. */
export function runTags(bucket: Bucket): (run: string, clusterArn: string) => Promise<ClusterTags> {
  const runs = new Map<string, Promise<ReadonlyMap<string, ClusterTags>>>();
  return async (run, clusterArn) => {
    const known = runs.get(run) ?? tagsOfRun(bucket, run);
    runs.delete(run);
    runs.set(run, known);
    for (const oldest of runs.keys()) if (runs.size > RUNS_KEPT) runs.delete(oldest);
    return (await known).get(clusterArn);
  };
}

async function tagsOfRun(bucket: Bucket, run: string): Promise<ReadonlyMap<string, ClusterTags>> {
  if (!runId.safeParse(run).success) return new Map();
  try {
    const targets = await getTargets(bucket, run);
    return new Map(targets.map(({ arn, tags }) => [arn, tags]));
  } catch {
    return new Map();
  }
}
