import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Ring } from '#lib/publish/history-ring.ts';

/** Raised with every change that an older reader would misread. */
const VERSION = 1;

/** Times in whole seconds, each as the distance to the one before: what compresses well. */
const track = z.object({ at: z.array(z.number().int()), value: z.array(z.number()) });
const file = z.object({ version: z.literal(VERSION), series: z.record(z.string(), z.record(z.string(), track)) });

/** Bytes of a history once unpacked: a hundred times what a cluster with many subnets has. */
const MOST_BYTES = 64 * 2 ** 20;

/** A document that is no history; `message` says what to do. */
export class HistoryUnreadable extends Error {
  override readonly name: string = 'HistoryUnreadable';
}

/** Written by a newer cniwatch: not to be overwritten. */
export class HistoryTooNew extends HistoryUnreadable {
  override readonly name = 'HistoryTooNew';
}

export function formatHistory(ring: Ring): Buffer {
  const series = Object.fromEntries(
    [...ring].map(([name, tracks]) => [
      name,
      Object.fromEntries([...tracks].map(([id, { at, value }]) => [id, { at: distances(at), value }])),
    ]),
  );
  return gzipSync(JSON.stringify({ version: VERSION, series }));
}

function distances(at: readonly number[]): number[] {
  let before = 0;
  return at.map((time) => {
    const seconds = Math.round(time / 1000);
    const distance = seconds - before;
    before = seconds;
    return distance;
  });
}

/**
 * Parses a history, compressed or not.
 * @throws HistoryTooNew; HistoryUnreadable
 */
export function parseHistory(bytes: Uint8Array): Ring {
  const document = documentOf(bytes);
  const version = (document as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > VERSION)
    throw new HistoryTooNew(
      `the history has version ${version} and this cniwatch reads up to version ${VERSION}: update cniwatch`,
    );
  const parsed = file.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HistoryUnreadable(`this is not a cniwatch history: at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`);
  }
  return new Map(
    Object.entries(parsed.data.series).map(([name, tracks]) => [
      name,
      new Map(Object.entries(tracks).map(([id, { at, value }]) => [id, { at: times(at).slice(0, value.length), value }])),
    ]),
  );
}

function documentOf(bytes: Uint8Array): unknown {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = isGzip ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : Buffer.from(bytes);
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new HistoryUnreadable(`the history is neither JSON nor gzip of it (${(error as Error).message}): was it cut short?`);
  }
}

function times(distanced: readonly number[]): number[] {
  let seconds = 0;
  return distanced.map((distance) => {
    seconds += distance;
    return seconds * 1000;
  });
}
