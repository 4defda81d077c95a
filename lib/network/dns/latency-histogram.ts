/** A cumulative histogram: `count` of all, and how many took no more than `le` seconds, `le` ascending. */
export interface LatencyHistogram {
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
}

/** The sum of several. Bounds that one of them lacks are left out: nobody knows what it has there. */
export function mergeHistograms(histograms: readonly LatencyHistogram[]): LatencyHistogram {
  const [first, ...others] = histograms;
  if (first === undefined) return { buckets: [], count: 0 };
  const tables = others.map(({ buckets }) => new Map(buckets.map(({ le, count }) => [le, count])));
  const common = first.buckets.filter(({ le }) => tables.every((table) => table.has(le)));
  return {
    buckets: common.map(({ le, count }) => ({ le, count: tables.reduce((sum, table) => sum + (table.get(le) ?? 0), count) })),
    count: histograms.reduce((sum, { count }) => sum + count, 0),
  };
}

/**
 * The latency in seconds that a share of requests does not exceed, taking those of a bucket as spread evenly over it.
 * Source: Prometheus documentation, "Query functions", histogram_quantile.
 * @returns the highest bound where it lies above that, so at least so much; undefined without requests or bounds
 */
export function latencyQuantile({ buckets, count }: LatencyHistogram, share: number): number | undefined {
  const last = buckets.at(-1);
  if (count <= 0 || last === undefined) return undefined;
  const rank = share * count;
  const at = buckets.findIndex((bucket) => bucket.count >= rank);
  const bucket = buckets[at];
  if (bucket === undefined) return last.le;
  const below = buckets[at - 1] ?? { le: 0, count: 0 };
  const within = bucket.count - below.count;
  return within <= 0 ? bucket.le : below.le + ((bucket.le - below.le) * (rank - below.count)) / within;
}

/**
 * Requests that took no more than `seconds`: the inverse of the quantile. It adds up over histograms of the same bounds, and over time.
 * Above the highest bound it is the count there, so at least so many.
 */
export function countWithin({ buckets }: LatencyHistogram, seconds: number): number {
  const at = buckets.findIndex(({ le }) => le >= seconds);
  const bucket = buckets[at];
  if (bucket === undefined) return buckets.at(-1)?.count ?? 0;
  const below = buckets[at - 1] ?? { le: 0, count: 0 };
  return below.count + ((bucket.count - below.count) * (seconds - below.le)) / (bucket.le - below.le);
}
