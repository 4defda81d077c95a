/**
 * Keeps one copy of values that thousands of objects repeat. A parsed string is a new one each time, even where 30,000 pods share a
 * namespace; one interner lives as long as one list is read.
 */
export interface Interner {
  text<T extends string | undefined>(value: T): T;
  /** For plain data: the same JSON gives the same object, which nobody may change. */
  data<T extends object>(value: T): T;
}

export function interner(): Interner {
  const texts = new Map<string, string>();
  const data = new Map<string, object>();
  return {
    text(value) {
      if (value === undefined) return value;
      const known = texts.get(value);
      if (known !== undefined) return known as typeof value;
      texts.set(value, value);
      return value;
    },
    data(value) {
      const key = JSON.stringify(value);
      const known = data.get(key);
      if (known !== undefined) return known as typeof value;
      data.set(key, value);
      return value;
    },
  };
}
