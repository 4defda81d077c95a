import { ReadFailure } from '#lib/model/failure.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { SliceKey } from '#lib/model/snapshot.ts';

/** @throws ReadFailure InputMissing: the collector cannot work without `key`, whose own failure says what to do */
export function need<T>(slice: Slice<T>, key: SliceKey): T {
  if (slice.ok) return slice.data;
  // The root is worth more than the chain to it.
  const reason = slice.code === 'InputMissing' ? slice.reason : `Not asked for, since ${key} could not be read: ${slice.reason}`;
  throw new ReadFailure('InputMissing', reason, slice.remedy);
}
