import type { History, HistoryPoint, Reading } from '#lib/model/history.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long and how finely the past is kept: every five minutes for two days, then every hour for four weeks. Milliseconds. */
const FINE_STEP = 5 * MINUTE;
const FINE_SPAN = 48 * HOUR;
const COARSE_STEP = HOUR;
const COARSE_SPAN = 28 * 24 * HOUR;

/** Points of one series and id, oldest first; `at` is in milliseconds since 1970. */
export interface Track {
  readonly at: readonly number[];
  readonly value: readonly number[];
}

/** The readings of one cluster's past, by series and id. */
export type Ring = ReadonlyMap<string, ReadonlyMap<string, Track>>;

/** Adds the readings of a run; one that is repeated replaces what it said before. Points too old to keep fall out. */
export function appendReadings(ring: Ring, readings: readonly Reading[], at: Date): Ring {
  // Whole seconds, as they are stored: a run that is repeated finds its own points.
  const now = Math.round(at.getTime() / 1000) * 1000;
  const bySeries = Map.groupBy(readings, ({ series }) => series);
  const next = new Map<string, Map<string, Track>>();
  for (const series of new Set([...ring.keys(), ...bySeries.keys()])) {
    const tracks = new Map(ring.get(series));
    for (const { id, value } of bySeries.get(series) ?? []) {
      tracks.set(id, mergeTracks(tracks.get(id), { at: [now], value: [value] }));
    }
    const kept = [...tracks].flatMap(([id, track]) => {
      const thinned = thin(track, now);
      return thinned.at.length > 0 ? [[id, thinned] as const] : [];
    });
    if (kept.length > 0) next.set(series, new Map(kept));
  }
  return next;
}

/** Adds points of elsewhere to a track; where both have one at the same time, `newer` holds. */
export function mergeTracks(older: Track | undefined, newer: Track): Track {
  const byTime = new Map<number, number>();
  for (const track of older === undefined ? [newer] : [older, newer]) {
    for (const [index, at] of track.at.entries()) byTime.set(at, track.value[index] ?? 0);
  }
  const sorted = [...byTime].sort(([a], [b]) => a - b);
  return { at: sorted.map(([at]) => at), value: sorted.map(([, value]) => value) };
}

/**
 * One point a step. A step of the recent past keeps its last reading; an hour of the distant past the median of its readings, which
 * neither a rollout's dip nor a spike decides. An hour turns distant as a whole, so that its median is of all its readings.
 */
function thin({ at, value }: Track, now: number): Track {
  const fineFrom = Math.floor((now - FINE_SPAN) / COARSE_STEP) * COARSE_STEP;
  const steps = new Map<string, { at: number; values: number[] }>();
  for (const [index, time] of at.entries()) {
    if (now - time > COARSE_SPAN) continue;
    const key = time >= fineFrom ? `fine ${Math.floor(time / FINE_STEP)}` : `coarse ${Math.floor(time / COARSE_STEP)}`;
    const before = time >= fineFrom ? [] : (steps.get(key)?.values ?? []);
    steps.set(key, { at: time, values: [...before, value[index] ?? 0] });
  }
  const kept = [...steps.values()];
  return { at: kept.map((step) => step.at), value: kept.map(({ values }) => median(values)) };
}

/** The lower of the two in the middle: a value that was read. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0;
}

/** Both together; where both have a point at the same time, `newer` holds. */
export function mergeRings(older: Ring, newer: Ring): Ring {
  const merged = new Map<string, Map<string, Track>>();
  for (const ring of [older, newer]) {
    for (const [series, tracks] of ring) {
      const into = merged.get(series) ?? new Map<string, Track>();
      for (const [id, track] of tracks) into.set(id, mergeTracks(into.get(id), track));
      merged.set(series, into);
    }
  }
  return merged;
}

/** What the checks ask. */
export function ringHistory(ring: Ring): History {
  return {
    points(series, id): readonly HistoryPoint[] {
      const track = ring.get(series)?.get(id);
      return track === undefined
        ? []
        : track.at.map((at, index) => ({ at: new Date(at).toISOString(), value: track.value[index] ?? 0 }));
    },
  };
}
