import type { Precondition } from '#lib/model/remediation.ts';

/** Whether something that may not be known holds. */
export function holding(holds: boolean | undefined): Precondition['holds'] {
  return holds === undefined ? 'unknown' : holds ? 'yes' : 'no';
}

/** The first names of a list, and how many more there are. */
export function named(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** A preflight of a Snapshot from which no plan could be made any more: one guard that does not hold, for each reason. */
export function unplannable(refusals: readonly { readonly reason: string; readonly remedy: string }[]): readonly Precondition[] {
  return refusals.map(({ reason, remedy }) => ({
    name: 'readable',
    holds: 'unknown' as const,
    value: reason,
    wanted: 'everything that the plan leans on is read',
    remedy,
  }));
}
