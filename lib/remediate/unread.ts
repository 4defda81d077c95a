import { asClause } from '#lib/model/failure.ts';
import type { Refusal } from '#lib/model/remediation.ts';
import type { SliceData, SliceKey, Snapshot } from '#lib/model/snapshot.ts';

/** The data of the slices that a plan leans on, or why there can be none: what was not read is never taken for granted. */
export function readSlices<const K extends SliceKey>(
  { slices }: Snapshot,
  keys: readonly K[],
): { readonly data: Pick<SliceData, K> } | { readonly refusals: readonly [Refusal, ...Refusal[]] } {
  const [first, ...others] = keys.flatMap((key): Refusal[] => {
    const slice = slices[key];
    if (slice.ok) return [];
    return [{ reason: `The source ${key} was not read: ${asClause(slice.reason)}.`, remedy: slice.remedy }];
  });
  if (first !== undefined) return { refusals: [first, ...others] };
  const data = Object.fromEntries(keys.map((key) => [key, (slices[key] as { readonly data: unknown }).data]));
  return { data: data as Pick<SliceData, K> };
}
