import { asClause } from '#lib/model/failure.ts';
import type { Slice } from '#lib/model/slice.ts';

/** What a connection passes, in the order in which a person looks for what is wrong. */
export type LayerName =
  | 'policy-egress'
  | 'security-group-egress'
  | 'acl-out'
  | 'acl-back'
  | 'security-group-ingress'
  | 'policy-ingress';

/**
 * `in-part`: some connections pass and others hang. `disputed`: the documents of AWS disagree about who decides, and the answers
 * differ. `not-asked`: the traffic does not come by.
 */
export type LayerVerdict = 'allowed' | 'denied' | 'in-part' | 'disputed' | 'unknown' | 'not-asked';

export interface PathLayer {
  readonly layer: LayerName;
  readonly verdict: LayerVerdict;
  /** A clause. */
  readonly reason: string;
  /** Policies, security groups or network ACLs that decided, by name or id. */
  readonly by: readonly string[];
  /** What would let it through, where something does not. */
  readonly toOpen: readonly string[];
}

/** A layer without anything to name. */
export function plainLayer(layer: LayerName, verdict: LayerVerdict, reason: string): PathLayer {
  return { layer, verdict, reason, by: [], toOpen: [] };
}

/** `the network ACLs were not read (the call was denied)`; undefined where all of them were. */
export function unreadReason(slices: Readonly<Record<string, Slice<unknown>>>): string | undefined {
  for (const [what, slice] of Object.entries(slices)) {
    if (!slice.ok) return `the ${what} were not read (${asClause(slice.reason)})`;
  }
  return undefined;
}

const WORST_FIRST = ['denied', 'unknown', 'in-part', 'disputed'] as const;

/** Of a whole path: one layer that denies is enough. */
export function worstOf(layers: readonly PathLayer[]): Exclude<LayerVerdict, 'not-asked'> {
  return WORST_FIRST.find((verdict) => layers.some((layer) => layer.verdict === verdict)) ?? 'allowed';
}
