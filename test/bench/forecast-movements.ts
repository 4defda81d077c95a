/** Movements that the addresses of a cluster's subnet make, with a seeded generator, so that every run sees the same. */

/** Readings are 5 minutes apart. */
export const STEPS_PER_HOUR = 12;
export const DAY = 24 * STEPS_PER_HOUR;

export interface Random {
  /** In [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  normal(): number;
}

/** Source: G. Marsaglia, "Xorshift RNGs", J. Stat. Softw. 8 (2003), with a counter added (Weyl). */
export function seeded(seed: number): Random {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  let weyl = 0;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    weyl = (weyl + 362437) >>> 0;
    return ((state + weyl) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + (high - low) * next();
  return { next, between, normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()) };
}

/** A movement: addresses taken at step t. */
export type Use = (t: number) => number;

export const days = (count: number) => Math.round(count * DAY);

/** From `from` on, `total` addresses go in a straight line over `over` steps. */
export const leak =
  (from: number, total: number, over: number, power = 1): Use =>
  (t) =>
    t < from ? 0 : total * ((t - from) / over) ** power;

/** Pods by day: rises through the morning, falls through the evening; `depth` addresses at its height. */
export function daily(random: Random, depth: number): Use {
  return dailyFrom(random.between(0, DAY), random, depth);
}

export function dailyFrom(opens: number, random: Random, depth: number): Use {
  const rise = random.between(1, 6) * STEPS_PER_HOUR;
  const holds = random.between(3, 9) * STEPS_PER_HOUR;
  return (t) => {
    const into = (t + DAY - opens) % DAY;
    if (into < rise) return depth * (into / rise);
    if (into < rise + holds) return depth;
    return depth * Math.max(0, 1 - (into - rise - holds) / (1.5 * rise));
  };
}

export const weekdaysOnly =
  (use: Use, weekend: number): Use =>
  (t) =>
    use(t) * (Math.floor(t / DAY) % 7 < 5 ? 1 : weekend);

/** Rolling updates at random times: the surge comes within minutes, holds, and goes; 10 to 60 minutes in all. */
export function deploys(random: Random, length: number, size: number, everyHours: number): Use {
  const surge = new Float64Array(length);
  for (let t = 0; t < length; t += 1 + Math.floor(random.between(0.3, 1.7) * everyHours * STEPS_PER_HOUR)) {
    const [lasts, high] = [Math.floor(random.between(2, 12)), size * random.between(0.4, 1)];
    for (let step = 0; step < lasts && t + step < length; step++) {
      surge[t + step] = high * Math.min(1, (step + 1) / (lasts / 3), (lasts - step) / (lasts / 3));
    }
  }
  return (t) => surge[t] ?? 0;
}

/** Noise that remembers: pods come and go, half forgotten after `halfLife` steps. */
export function noise(random: Random, length: number, sigma: number, halfLife = 2): Use {
  const [drawn, keep] = [new Float64Array(length), 0.5 ** (1 / halfLife)];
  for (let t = 1; t < length; t++) drawn[t] = keep * (drawn[t - 1] ?? 0) + sigma * Math.sqrt(1 - keep * keep) * random.normal();
  return (t) => drawn[t] ?? 0;
}

/** Nodes of `size` addresses each that join at random times and stay. */
export function nodes(random: Random, from: number, total: number, over: number, size: number): Use {
  const joins = Array.from(
    { length: Math.ceil((1.5 * total) / size) },
    (_, at) => from + (at + random.next()) * ((over * size) / total),
  );
  return (t) => size * joins.filter((join) => join <= t).length;
}

/** Between `from` and `to`, `depth` addresses are gone; they go and come over `ramp` steps. */
export const plateau =
  (from: number, to: number, depth: number, ramp: number): Use =>
  (t) =>
    depth * Math.max(0, Math.min(1, (t - from) / ramp, (to - t) / ramp));
