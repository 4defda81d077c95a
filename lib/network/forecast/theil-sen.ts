/** A slope, and the ends between which it lies with the confidence asked for. Units of y per unit of x. */
export interface Slope {
  readonly slope: number;
  readonly least: number;
  readonly most: number;
}

/**
 * The median of the slopes of all pairs, of which up to 29 % of the points may be anything, and its interval by ranks.
 * O(n²): hand it few points. The interval takes the points for independent.
 * Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", J. Am. Stat. Assoc. 63 (1968), 1379-1389.
 * @param z how many standard deviations of Kendall's S the interval reaches: 1.96 for 95 %
 * @returns undefined with fewer than two distinct x
 */
export function theilSen(xs: readonly number[], ys: readonly number[], z = 1.96): Slope | undefined {
  const slopes = pairSlopes(xs, ys);
  const last = slopes.length - 1;
  if (last < 0) return undefined;
  const n = xs.length;
  const reach = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const rank = (position: number) => slopes[Math.min(last, Math.max(0, position))] ?? 0;
  return {
    slope: (rank(Math.floor(last / 2)) + rank(Math.ceil(last / 2))) / 2,
    least: rank(Math.floor((slopes.length - reach) / 2) - 1),
    most: rank(Math.ceil((slopes.length + reach) / 2)),
  };
}

function pairSlopes(xs: readonly number[], ys: readonly number[]): Float64Array {
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  let count = 0;
  for (let i = 0; i < xs.length; i++) {
    for (let j = i + 1; j < xs.length; j++) {
      const run = (xs[j] ?? 0) - (xs[i] ?? 0);
      if (run !== 0) slopes[count++] = ((ys[j] ?? 0) - (ys[i] ?? 0)) / run;
    }
  }
  return slopes.subarray(0, count).sort();
}
