/** The golden ratio less one: its multiples fall evenly over the unit interval, whatever the step between those that are taken. */
const STEP = (Math.sqrt(5) - 1) / 2;

/**
 * At most `most` of these, neighbours in their order, from a place that moves with every turn: so that all of them have had theirs after
 * a while, with nothing remembered and at any usual interval of the turns.
 */
export function takeTurns<T>(all: readonly T[], most: number, turn: number): readonly T[] {
  if (all.length <= most) return all;
  const first = Math.floor(((turn * STEP) % 1) * all.length);
  return [...all.slice(first, first + most), ...all.slice(0, Math.max(0, first + most - all.length))];
}
