import * as z from 'zod';

/** A reading in the past; `at` is ISO 8601. */
export interface HistoryPoint {
  readonly at: string;
  readonly value: number;
}

/** A reading of now, which publish appends to the history: `series` and `id` are what `History.points` is asked for. */
export const reading = z.object({ series: z.string(), id: z.string(), value: z.number() });
export type Reading = Readonly<z.infer<typeof reading>>;

/** Earlier readings that checks may forecast from. Empty on a laptop's first run. */
export interface History {
  /** Oldest first. `series` is a metric's name, or of a check's own; `id` the subnet, pool or node class. */
  points(series: string, id: string): readonly HistoryPoint[];
}

export const NO_HISTORY: History = { points: () => [] };
