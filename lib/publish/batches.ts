/** The most that one batch may hold. */
export interface BatchLimits {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Cuts a list into runs, in order, each within both limits; nothing is left out.
 * `size` is an item's bytes on the wire with its separator; an item above the limit gets a batch of its own.
 */
export function batches<T>(items: readonly T[], limits: BatchLimits, size: (item: T) => number): T[][] {
  const result: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = size(item);
    if (current.length > 0 && (current.length >= limits.items || bytes + itemBytes > limits.bytes)) {
      result.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += itemBytes;
  }
  if (current.length > 0) result.push(current);
  return result;
}
