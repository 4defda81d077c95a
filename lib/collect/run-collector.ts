import { performance } from 'node:perf_hooks';
import { orAborted } from '#lib/collect/or-aborted.ts';
import { type Counts, startTally } from '#lib/collect/progress.ts';
import type { Run } from '#lib/collect/run.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { CollectorReport } from '#lib/model/assessment.ts';
import { ABSENT, type Collector, isPartlyRead, type NeededSlices } from '#lib/model/collector.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { ofKinds, type Slice } from '#lib/model/slice.ts';
import type { SliceKey } from '#lib/model/snapshot.ts';

export interface Settled {
  readonly slice: Slice<unknown>;
  /** Absent for an opt-in source that was not asked for. */
  readonly report?: CollectorReport;
}

/** Waits for a collector's needs, runs it, and turns whatever comes of it into a slice and its report. Never rejects. */
export async function runCollector(
  collector: Collector<Sources>,
  run: Run,
  settled: (key: SliceKey) => Promise<Slice<unknown>>,
): Promise<Settled> {
  const { key } = collector;
  const needs = await Promise.all(collector.needs.map(async (need) => [need, await settled(need)] as const));
  const tally = startTally((items) => run.onProgress({ key, state: 'page', items }));
  const sources = run.sources(tally, () => settled('cluster') as Promise<Slice<EksCluster>>);
  run.onProgress({ key, state: 'started' });
  const start = performance.now();
  const slice = await attempt(collector, sources, Object.fromEntries(needs) as unknown as NeededSlices<SliceKey>, run.signal);
  const durationMs = Math.round(performance.now() - start);
  run.onProgress(
    slice.ok ? { key, state: 'done', items: Array.isArray(slice.data) ? slice.data.length : 1 } : { key, state: 'failed' },
  );
  return { slice, report: report(key, slice, durationMs, tally) };
}

async function attempt(
  collector: Collector<Sources>,
  sources: Sources,
  needs: NeededSlices<SliceKey>,
  signal: AbortSignal,
): Promise<Slice<unknown>> {
  try {
    signal.throwIfAborted();
    // A deadline holds even for what does not listen to the signal, as the SDK's waits between retries.
    const data = await orAborted(collector.collect(sources, needs), signal);
    if (data === ABSENT) return { ok: true, data: [], absent: true };
    return isPartlyRead<unknown>(data) ? { ok: true, data: data.data, unread: data.unread } : { ok: true, data };
  } catch (error) {
    return toReadFailure(signal.aborted ? signal.reason : error, collector.key).toFailure();
  }
}

/** What no source names is a fault of cniwatch itself; its stack is for nobody. */
function toReadFailure(error: unknown, key: SliceKey): ReadFailure {
  if (error instanceof ReadFailure) return error;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new ReadFailure(
    'ServiceError',
    `Reading ${key} failed: ${said.split('\n', 1)[0]?.slice(0, 300)}.`,
    'Report this as a bug of cniwatch, with this line.',
  );
}

/** A source of which a kind was not read has failed: its other kinds stand in the slice all the same. */
function report(id: SliceKey, settled: Slice<unknown>, durationMs: number, { calls, pages }: Counts): CollectorReport {
  const slice = ofKinds(settled);
  const outcome = slice.ok ? {} : { code: slice.code, reason: slice.reason, remedy: slice.remedy };
  return { id, ok: slice.ok, ...outcome, durationMs, calls, pages };
}
