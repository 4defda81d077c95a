import type { Permissions } from '#lib/model/permissions.ts';
import type { UnreadKind } from '#lib/model/slice.ts';
import type { SliceData, SliceKey, Slices } from '#lib/model/snapshot.ts';

/** The slices a collector asked for, failed ones too. */
export type NeededSlices<Needs extends SliceKey> = { readonly [K in Needs]: Slices[K] };

/**
 * One source of a Snapshot. `Sources` is what collect hands it: bounded, counted calls to EKS, EC2 and Kubernetes.
 * It answers with its slice's data, or throws: a ReadFailure as it is, anything else translated by the runner.
 */
export interface Collector<Sources, Key extends SliceKey = SliceKey, Needs extends SliceKey = SliceKey> {
  /** The slice that it fills; also its id in reports. */
  readonly key: Key;
  /** Slices that must have settled before it starts. */
  readonly needs: readonly Needs[];
  readonly permissions: Permissions;
  /** Runs only where the configuration names it (`collect.optIn`): its permissions are granted apart. */
  readonly optIn?: true;
  collect(sources: Sources, slices: NeededSlices<Needs>): Promise<SliceData[Key] | Absent | PartlyRead<SliceData[Key]>>;
}

/** The API server does not serve this kind: no objects of it can exist. */
export const ABSENT = Symbol('absent');
export type Absent = typeof ABSENT;

const PARTLY = Symbol('partly');
/** Data of several kinds, some of which were not read. */
export interface PartlyRead<T> {
  readonly [PARTLY]: true;
  readonly data: T;
  readonly unread: readonly UnreadKind[];
}

export function partlyRead<T>(data: T, unread: readonly UnreadKind[]): PartlyRead<T> {
  return { [PARTLY]: true, data, unread };
}

export function isPartlyRead<T>(answer: T | PartlyRead<T>): answer is PartlyRead<T> {
  return typeof answer === 'object' && answer !== null && PARTLY in answer;
}

/** Sources that need a permission which not everybody grants: read only where the configuration names them. */
export const OPT_IN_SOURCES = [
  'ipamd',
  'dnsMetrics',
  'ciliumAgents',
  'accessReviews',
  'calicoNodeStatus',
  'nodeProbes',
  'canary',
] as const satisfies readonly SliceKey[];
export type OptInSource = (typeof OPT_IN_SOURCES)[number];
