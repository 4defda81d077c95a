import type { Slice } from '#lib/model/slice.ts';

/**
 * A slice without what the API server decides by itself: when an object was created or is to be deleted, how often its spec was
 * changed since, and who wrote it, which is this test. In the order of the items' text: the API server lists by namespace and name, the sandbox as the world has it.
 */
export function comparable(slice: Slice<unknown>): unknown {
  const stable = JSON.parse(JSON.stringify(slice), (key, value: unknown) => {
    if (DECIDED_BY_SERVER.has(key)) return undefined;
    if (key === 'deletedAt') return 'deleted';
    return sortedKeys(value);
  });
  if (Array.isArray(stable.data))
    stable.data = stable.data.toSorted((a: unknown, b: unknown) => compare(JSON.stringify(a), JSON.stringify(b)));
  return stable;
}

const DECIDED_BY_SERVER: ReadonlySet<string> = new Set(['createdAt', 'generation', 'observedGeneration', 'managers']);

function sortedKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compare(a, b)));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
