interface Tried<T extends string> {
  readonly attempts: readonly { readonly outcome: T; readonly ms: number; readonly said?: string | undefined }[];
}

/**
 * What came of some attempts: the good outcome where one had it, else that of the last; `unclear` where there is none, or where any
 * attempt was unclear and none good.
 */
export function outcomeOf<T extends string>({ attempts }: Tried<T>, good: T): T | 'unclear' {
  const outcomes = attempts.map(({ outcome }) => outcome);
  if (outcomes.includes(good)) return good;
  return outcomes.some((outcome) => outcome === 'unclear') ? 'unclear' : (outcomes.at(-1) ?? 'unclear');
}

/** Attempts that did not go well, those that tell nothing apart. */
export function failedAttempts<T extends string>({ attempts }: Tried<T>, good: T): number {
  return attempts.filter(({ outcome }) => outcome !== good && outcome !== 'unclear').length;
}

/** The tool's words about the last attempt that did not go well; null where it said nothing. */
export function lastWords({ attempts }: Tried<string>): string | null {
  return attempts.findLast(({ said }) => said !== undefined)?.said ?? null;
}
