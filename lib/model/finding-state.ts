import * as z from 'zod';
import { finding } from '#lib/model/finding.ts';
import { target } from '#lib/model/target.ts';

/** A verdict that opens a finding. `unknown` is none: what was not read is neither broken nor mended. */
export const badVerdict = z.enum(['warning', 'critical']);
export type BadVerdict = z.infer<typeof badVerdict>;

/** How many runs it takes to believe a change. */
export interface StatePolicy {
  /** A finding opens once `bad` of the last `of` runs that judged it were bad. */
  readonly openAfter: { readonly bad: number; readonly of: number };
  /** It closes once this many runs that judged it, one after another, were good. */
  readonly closeAfter: number;
  /** How long a closed finding is remembered. Days. */
  readonly keepDays: number;
}

/** A finding that no run reports any more, though its cluster was judged, closes after this long. Seconds. */
export const GONE_AFTER_SECONDS = 3_600;

/** What the runs so far say of one finding; it exists from the first bad run on. Times are those of Snapshots, ISO 8601. */
export const findingState = z.object({
  cluster: target.pick({ account: true, region: true, name: true, arn: true }),
  fingerprint: z.string(),
  check: z.string(),
  resource: finding.shape.resource,
  /**
   * pending: bad, and not often enough yet; open: told to the world; suppressed: bad, and the configuration says not to tell;
   * resolved: closed, or never opened and good again.
   */
  status: z.enum(['pending', 'open', 'suppressed', 'resolved']),
  /** Of the last bad run. */
  verdict: badVerdict,
  /** The worst that was told since it opened: a verdict that goes back and forth escalates once. */
  told: badVerdict.optional(),
  /** The runs that judged it, oldest first, as many as the policy looks back on: b for bad, g for good. */
  recent: z.string().regex(/^[bg]*$/),
  /** Grows with every transition, and never falls again. */
  sequence: z.number().int(),
  openedAt: z.string().optional(),
  /** As it was at the last transition, or when the state began. */
  summary: z.string(),
  /** Since when its runs could not judge it. */
  unknownSince: z.string().optional(),
  /** Since when its runs did not report it at all, and how many there were, as far as that matters. */
  missing: z.object({ since: z.string(), runs: z.number().int() }).optional(),
  /** The run that wrote this, and the time of its Snapshot. Runs that change nothing write nothing. */
  changedBy: z.string(),
  changedAt: z.string(),
  /** When it may be forgotten, in seconds since 1970: what is not closed is written anew long before. */
  expiresAt: z.number().int(),
});
export type FindingState = Readonly<z.infer<typeof findingState>>;
