import type { LabelRead } from '#lib/network/policy/selectors.ts';

/** A pod's labels as selectors see them. */
export interface LabelView {
  /** Those that some selector reads. */
  readonly labels: Readonly<Record<string, string>>;
  /** The same for labels that no selector tells apart. */
  readonly key: readonly (readonly string[])[];
}

/**
 * Sees labels with the eyes of these selectors: a label that none reads is not there, and a value that none tells from the others is
 * like any other. Pods of a StatefulSet, each with its own name for a label, look the same, until a selector names one of them.
 */
export function labelView(reads: readonly LabelRead[]): (labels: Readonly<Record<string, string>>) => LabelView {
  const told = new Map(
    [...Map.groupBy(reads, ({ key }) => key)].map(([key, all]) => [
      key,
      // Where one selector tells all values apart, so do they together.
      all.some(({ values }) => values === undefined) ? undefined : new Set(all.flatMap(({ values = [] }) => values)),
    ]),
  );
  return (labels) => {
    const read = Object.entries(labels).filter(([key]) => told.has(key));
    if (read.length > 1) read.sort(([a], [b]) => (a < b ? -1 : 1));
    const key = read.map(([name, value]) => (told.get(name)?.has(value) === false ? [name] : [name, value]));
    return { labels: Object.fromEntries(read), key };
  };
}
