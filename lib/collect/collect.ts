import { startClock } from '#lib/collect/clock.ts';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import { openRun, type Run } from '#lib/collect/run.ts';
import { runCollector, type Settled } from '#lib/collect/run-collector.ts';
import { SLICE_KEYS, type SliceKey, type Slices, SNAPSHOT_VERSION, type Snapshot } from '#lib/model/snapshot.ts';
import { identityOf, type Target } from '#lib/model/target.ts';

export type { CollectOptions };

/**
 * Reads one cluster and its AWS networking. Every source runs as soon as what it needs has settled. Never throws for a source that
 * failed: its slice is then the failure, with what to do about it, and the rest goes on.
 */
export async function collect(target: Target, options: CollectOptions): Promise<Snapshot> {
  const takenAt = (options.now ?? (() => new Date()))().toISOString();
  const clock = startClock(options.deadlineMs, options.signal);
  const run = openRun(target, options, clock);
  try {
    const settled = await runAll(run, new Set<SliceKey>(options.optIn));
    return {
      version: SNAPSHOT_VERSION,
      takenAt,
      target: identityOf(target),
      slices: Object.fromEntries(settled.map(([key, { slice }]) => [key, slice])) as unknown as Slices,
      collectors: settled.flatMap(([, { report }]) => report ?? []),
    };
  } finally {
    clock.stop();
    await run.close();
  }
}

/** A source that nobody asked for: no call was made, and no report stands for it. */
const notEnabled = (key: SliceKey): Settled => ({
  slice: {
    ok: false,
    code: 'NotEnabled',
    reason: `${key} is an opt-in source, and nobody switched it on.`,
    remedy: `Add ${key} to collect.optIn in cniwatch.yaml, and grant what docs/permissions.md lists for it.`,
  },
});

function runAll(run: Run, optIn: ReadonlySet<SliceKey>): Promise<[SliceKey, Settled][]> {
  const started = new Map<SliceKey, Promise<Settled>>();
  const settle = (key: SliceKey): Promise<Settled> => {
    const collector = COLLECTORS[key];
    if (collector.optIn && !optIn.has(key)) return Promise.resolve(notEnabled(key));
    const running = started.get(key) ?? runCollector(collector, run, async (need) => (await settle(need)).slice);
    started.set(key, running);
    return running;
  };
  return Promise.all(SLICE_KEYS.map(async (key): Promise<[SliceKey, Settled]> => [key, await settle(key)]));
}
