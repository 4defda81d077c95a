import { kubernetesMinor } from '#lib/network/kube-proxy.ts';

/** Days on which EKS ends the standard and the extended support of a Kubernetes version, as `2027-07-29`. */
export interface SupportDates {
  readonly standard: string;
  readonly extended: string;
}

/**
 * As the calendar stood in early 2026; an option adds later versions. Source: Amazon EKS User Guide, "Understand the Kubernetes version
 * lifecycle on EKS", section "Amazon EKS Kubernetes release calendar".
 */
export const SUPPORT_DATES: Readonly<Record<string, SupportDates>> = {
  '1.29': { standard: '2025-03-23', extended: '2026-03-23' },
  '1.30': { standard: '2025-07-23', extended: '2026-07-23' },
  '1.31': { standard: '2025-11-26', extended: '2026-11-26' },
  '1.32': { standard: '2026-03-23', extended: '2027-03-23' },
  '1.33': { standard: '2026-07-29', extended: '2027-07-29' },
  '1.34': { standard: '2026-12-02', extended: '2027-12-02' },
  '1.35': { standard: '2027-03-27', extended: '2028-03-27' },
};

/**
 * `exact`: the version's own. `at-least`: the newest known, which a later version outlives. `at-most`: the oldest known, which an earlier
 * one does not outlive.
 */
export type Support = SupportDates & { readonly bound: 'exact' | 'at-least' | 'at-most' };

/** @returns undefined for what is no version, for a gap in the table, and for an empty table */
export function supportOf(kubernetes: string | undefined, table: Readonly<Record<string, SupportDates>>): Support | undefined {
  const minor = kubernetesMinor(kubernetes);
  const rows = Object.entries(table)
    .flatMap(([version, dates]) => ({ at: kubernetesMinor(version) ?? Number.NaN, dates }))
    .filter(({ at }) => Number.isFinite(at))
    .toSorted((a, b) => a.at - b.at);
  const [oldest, newest] = [rows[0], rows.at(-1)];
  if (minor === undefined || oldest === undefined || newest === undefined) return undefined;
  if (minor > newest.at) return { ...newest.dates, bound: 'at-least' };
  if (minor < oldest.at) return { ...oldest.dates, bound: 'at-most' };
  const own = rows.find(({ at }) => at === minor);
  return own && { ...own.dates, bound: 'exact' };
}

const DAY = 24 * 3600 * 1000;

/** Whole days until a day begins, UTC; below zero once it has. */
export function daysUntil(day: string, now: Date): number {
  return Math.floor((Date.parse(`${day}T00:00:00Z`) - now.getTime()) / DAY);
}
