import * as z from 'zod';

/** The monitoring-plugin convention, and `not-applicable` for what this cluster does not use. */
export const verdict = z.enum(['ok', 'warning', 'critical', 'unknown', 'not-applicable']);
export type Verdict = z.infer<typeof verdict>;

/** From the worst to the best: what could not be read outranks a warning, since it may hide a critical. */
export const VERDICTS_WORST_FIRST = [
  'critical',
  'unknown',
  'warning',
  'ok',
  'not-applicable',
] as const satisfies readonly Verdict[];

/** The worst of several; `not-applicable` where there are none. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  return VERDICTS_WORST_FIRST.find((candidate) => seen.has(candidate)) ?? 'not-applicable';
}
