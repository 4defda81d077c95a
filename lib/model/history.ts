/** A reading in the past; `at` is ISO 8601. */
export interface HistoryPoint {
  readonly at: string;
  readonly value: number;
}

/** Earlier readings that checks may forecast from. Empty on a laptop's first run. */
export interface History {
  /** Oldest first. `series` is a metric's name; `id` the subnet, pool or node class. */
  points(series: string, id: string): readonly HistoryPoint[];
}

export const NO_HISTORY: History = { points: () => [] };
