import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { fileHistory, type HistorySource } from '#lib/cli/history.ts';
import type { Check } from '#lib/model/check.ts';
import type { History } from '#lib/model/history.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { ringHistory } from '#lib/publish/history-ring.ts';
import { recallMetrics } from '#lib/publish/recall.ts';

/** What the forecasts of live clusters go by. */
export interface LivePast {
  of(snapshot: Snapshot, cloudwatch: CloudWatchClient): Promise<History>;
  /** Why there is less past than there might be: once each, however many clusters. */
  readonly problems: ReadonlySet<string>;
}

/** @throws UsageError for a file that is no history */
export async function livePast(source: HistorySource, checks: readonly Check[], signal: AbortSignal): Promise<LivePast> {
  const file = await fileHistory(source);
  const problems = new Set<string>();
  return {
    problems,
    async of(snapshot, cloudwatch) {
      if (source !== 'cloudwatch') return file;
      const recalled = await recallMetrics(snapshot, new Map(), { checks, cloudwatch, signal });
      for (const problem of recalled.problems) problems.add(problem);
      return ringHistory(recalled.ring);
    },
  };
}
