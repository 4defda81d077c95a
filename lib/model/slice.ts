import * as z from 'zod';
import { asClause, type Failure, failureCode } from '#lib/model/failure.ts';

/** A kind of a slice's objects that was refused or failed, while others of the same slice were read. */
export const unreadKind = z.object({
  /** As in manifests: `IPPool`; with its group where Kubernetes has a kind of that name too: `NetworkPolicy.crd.projectcalico.org`. */
  kind: z.string(),
  code: failureCode,
  reason: z.string(),
  remedy: z.string(),
});
export type UnreadKind = Readonly<z.infer<typeof unreadKind>>;

/**
 * A part of a Snapshot is data or a stated failure, never a silent gap.
 * `absent` marks data that is empty because the API server does not serve the kind at all (a CRD that is not installed).
 * `unread` names the kinds whose objects are not among the data of a slice of several kinds.
 */
export type Slice<T> =
  | { readonly ok: true; readonly data: T; readonly absent?: true; readonly unread?: readonly UnreadKind[] }
  | Failure;

/** The data, or undefined where it was not read and the reader can do without. */
export function dataOf<T>(of: Slice<T>): T | undefined {
  return of.ok ? of.data : undefined;
}

/** A slice as far as these kinds go, or all of its kinds where none are named: a failure where one of them was not read. */
export function ofKinds<T>(slice: Slice<T>, kinds?: readonly string[]): Slice<T> {
  const unread = slice.ok ? (slice.unread ?? []).filter(({ kind }) => kinds === undefined || kinds.includes(kind)) : [];
  const [first, ...others] = unread;
  if (first === undefined) return slice;
  const more = others.length > 0 ? `; nor could ${others.map(({ kind }) => kind).join(', ')}` : '';
  const reason = `${first.kind} could not be listed (${asClause(first.reason)})${more}.`;
  return { ok: false, code: first.code, reason, remedy: first.remedy };
}

export function slice<T extends z.ZodType>(data: T) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), data, absent: z.literal(true).optional(), unread: z.array(unreadKind).optional() }),
    z.object({ ok: z.literal(false), code: failureCode, reason: z.string(), remedy: z.string() }),
  ]);
}
