type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonRecord = { readonly [key: string]: Json };

/** Lays one document over another: objects are merged at every level, and of anything else, lists too, the one on top stays. */
export function deepMerge(under: JsonRecord, over: JsonRecord): JsonRecord {
  const merged = new Map<string, Json>(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isRecord(below) && isRecord(value) ? deepMerge(below, value) : value);
  }
  return Object.fromEntries(merged);
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
