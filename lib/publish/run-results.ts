import pLimit from 'p-limit';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Target } from '#lib/model/target.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { resultKey } from '#lib/publish/run-keys.ts';
import { getResult, listResults, ResultUnreadable } from '#lib/publish/run-store.ts';

/** Reads at once. */
const AT_ONCE = 16;

export interface RunResults {
  readonly runId: string;
  readonly targets: readonly Target[];
  /** Which findings to hold: of a thousand clusters all of them would not fit into a function's memory. */
  readonly keep: (finding: Finding) => boolean;
}

/**
 * What a run left of each target, in their order: its Assessment, or one sentence that says why there is none.
 * @throws whatever the client throws
 */
export async function getRunResults(at: Bucket, { runId, targets, keep }: RunResults): Promise<readonly (Assessment | string)[]> {
  const keys = new Set(await listResults(at, runId));
  const limit = pLimit(AT_ONCE);
  const resultOf = async (key: string): Promise<Assessment | string> => {
    if (!keys.has(key)) return `there is no ${key}; the execution of its check-cluster says why.`;
    try {
      const result = await getResult(at, key);
      return { ...result, findings: result.findings.filter(keep) };
    } catch (error) {
      if (error instanceof ResultUnreadable) return error.message;
      throw error;
    }
  };
  return Promise.all(targets.map((target) => limit(() => resultOf(resultKey(runId, target)))));
}
