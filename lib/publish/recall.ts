import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Check } from '#lib/model/check.ts';
import { type History, NO_HISTORY, type Reading } from '#lib/model/history.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { mergeRings, type Ring, ringHistory } from '#lib/publish/history-ring.ts';
import { getHistory, putHistory, type StoredHistory } from '#lib/publish/history-store.ts';
import { readMetricHistory, wantedSeries } from '#lib/publish/metric-history.ts';

/** A cluster's past. Without one the checks forecast nothing, and go on: no failure here is a failure of the run. */
export interface Recalled {
  readonly history: History;
  /** Absent where the bucket could not be read: then nothing is written over what may be there. */
  readonly stored?: StoredHistory;
  /** What went wrong, a sentence each, for the log. */
  readonly problems: readonly string[];
}

export interface RecallOptions {
  readonly checks: readonly Check[];
  /** Of the Region that metrics are published in. */
  readonly cloudwatch: CloudWatchClient;
  readonly signal?: AbortSignal;
}

/** From the bucket, and from the published metrics for the series that it has nothing of. */
export async function recall(at: Bucket, snapshot: Snapshot, options: RecallOptions): Promise<Recalled> {
  try {
    const stored = await getHistory(at, snapshot.target);
    const { ring, problems } = await recallMetrics(snapshot, stored.ring, options);
    const told = stored.unreadable === undefined ? [] : [stored.unreadable.message];
    return { history: ringHistory(ring), stored: { ...stored, ring }, problems: [...told, ...problems] };
  } catch (error) {
    return { history: NO_HISTORY, problems: [sentence('the history', error)] };
  }
}

/** What CloudWatch has of the series that `known` lacks, and `known`. */
export async function recallMetrics(
  snapshot: Snapshot,
  known: Ring,
  { checks, cloudwatch, signal }: RecallOptions,
): Promise<{ readonly ring: Ring; readonly problems: readonly string[] }> {
  const wanted = wantedSeries(checks, snapshot.target, subnetIds(snapshot), known);
  if (wanted.length === 0) return { ring: known, problems: [] };
  try {
    const now = new Date(snapshot.takenAt);
    return {
      ring: mergeRings(await readMetricHistory(wanted, { cloudwatch, now, ...(signal && { signal }) }), known),
      problems: [],
    };
  } catch (error) {
    return { ring: known, problems: [sentence('the history of published metrics', error)] };
  }
}

/** Keeps the readings of this run. @returns what went wrong with the past, in recalling and in keeping it, for the log */
export async function remember(
  at: Bucket,
  { target, takenAt }: Snapshot,
  { stored, problems }: Recalled,
  readings: readonly Reading[],
): Promise<readonly string[]> {
  if (stored === undefined) return problems;
  try {
    const written = await putHistory(at, target, stored, readings, new Date(takenAt));
    return written ? problems : [...problems, 'the history was left as a newer cniwatch wrote it'];
  } catch (error) {
    return [...problems, sentence('the new history', error, 'written')];
  }
}

/** The subnets that anything was read of. */
function subnetIds({ slices }: Snapshot): string[] {
  const interfaces = dataOf(slices.networkInterfaces) ?? [];
  return [...new Set([...(dataOf(slices.cluster)?.subnetIds ?? []), ...interfaces.map(({ subnetId }) => subnetId)])];
}

function sentence(what: string, error: unknown, verb = 'read'): string {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${what} could not be ${verb} (${said.split('\n', 1)[0]?.slice(0, 300)})`;
}
