import * as z from 'zod';
import { type Failure, failureCode } from '#lib/model/failure.ts';

/**
 * A part of a Snapshot is data or a stated failure, never a silent gap.
 * `absent` marks data that is empty because the API server does not serve the kind at all (a CRD that is not installed).
 */
export type Slice<T> = { readonly ok: true; readonly data: T; readonly absent?: true } | Failure;

/** The data, or undefined where it was not read and the reader can do without. */
export function dataOf<T>(of: Slice<T>): T | undefined {
  return of.ok ? of.data : undefined;
}

export function slice<T extends z.ZodType>(data: T) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), data, absent: z.literal(true).optional() }),
    z.object({ ok: z.literal(false), code: failureCode, reason: z.string(), remedy: z.string() }),
  ]);
}
