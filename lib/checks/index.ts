import type { Check } from '#lib/model/check.ts';

/** Every check there is, in the order of its areas: one line each. Reports list findings of one verdict in this order. */
export const CHECKS: readonly Check[] = [];
