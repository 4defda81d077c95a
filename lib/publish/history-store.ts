import type { Reading } from '#lib/model/history.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Target } from '#lib/model/target.ts';
import { type Bucket, getVersioned, type ObjectTooLarge, putIfUnchanged } from '#lib/publish/bucket.ts';
import { formatHistory, HistoryTooNew, HistoryUnreadable, parseHistory } from '#lib/publish/history-file.ts';
import { appendReadings, type Ring } from '#lib/publish/history-ring.ts';
import { historyKey } from '#lib/publish/run-keys.ts';

/** Reading what need not be there takes s3:ListBucket without a condition, as the configuration does. */
export const HISTORY_PERMISSIONS: Permissions = {
  aws: [
    { action: 's3:GetObject', resource: 'bucket/history/*' },
    { action: 's3:PutObject', resource: 'bucket/history/*' },
    { action: 's3:ListBucket', resource: 'bucket' },
  ],
  kubernetes: [],
};

const MOST_BYTES = 16 * 2 ** 20;
/** Runs of one cluster overlap rarely, and then two of them. */
const ATTEMPTS = 4;

/** A cluster's past as it was read, and what a write of it must find unchanged. */
export interface StoredHistory {
  readonly ring: Ring;
  /** Undefined where there was none. */
  readonly etag: string | undefined;
  /** Why what was there could not be used; it is replaced, unless a newer cniwatch wrote it. */
  readonly unreadable?: HistoryUnreadable | ObjectTooLarge;
}

/** @throws whatever the client throws */
export async function getHistory(at: Bucket, target: Target): Promise<StoredHistory> {
  const found = await getVersioned(at, historyKey(target), MOST_BYTES);
  if (found === undefined) return { ring: new Map(), etag: undefined };
  try {
    return { ring: parseHistory(found.body), etag: found.etag };
  } catch (error) {
    if (!(error instanceof HistoryUnreadable)) throw error;
    return { ring: new Map(), etag: found.etag, unreadable: error };
  }
}

/**
 * Adds the readings of a run to a cluster's history. Where another run wrote meanwhile, its points are kept and these are added:
 * the same readings twice are one.
 * @returns whether they were written: not over a history that a newer cniwatch wrote
 * @throws HistoryContended; whatever the client throws
 */
export async function putHistory(at: Bucket, target: Target, stored: StoredHistory, readings: readonly Reading[], now: Date) {
  let known = stored;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (known.unreadable instanceof HistoryTooNew) return false;
    const body = formatHistory(appendReadings(known.ring, readings, now));
    if (await putIfUnchanged(at, historyKey(target), body, known.etag)) return true;
    known = await getHistory(at, target);
  }
  throw new HistoryContended(target);
}

/** Other runs wrote the history again and again in between. */
export class HistoryContended extends Error {
  override readonly name = 'HistoryContended';
  constructor({ name }: Target) {
    super(`the history of ${name} was written by others on each of ${ATTEMPTS} attempts: do runs of it overlap?`);
  }
}
